//! One dataflow run: the files of one group, with their folder, name, ids and manifest (reference 7.5 to 7.8).
//!
//! What Experience Platform would take from its catalogue (sandbox, organisation, instance, flow run) is made up here.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;

use crate::encode::file::configured::Configured;
use crate::encode::file::export::error::ExportError;
use crate::encode::file::export::group::Group;
use crate::encode::file::export::occasion::Occasion;
use crate::encode::file::folder_path::folder_path;
use crate::encode::file::name::NameValues;
use crate::encode::file::write::ManifestPlan;
use crate::model::location::Location;

/// The files of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowRun {
    /// Its id.
    pub id: String,
    /// Whose files.
    pub group: Group,
    /// Where they go; no macros are left in its folder.
    pub location: Location,
    /// Their name without number and extension.
    pub stem: String,
    /// Whether they take the place of those of another group in this export.
    pub overwrites: bool,
    /// The manifest, where one is configured.
    pub(crate) manifest: Option<ManifestPlan>,
    /// Its place in the export, from 0.
    pub(crate) place: u64,
}

/// A destination's names, as Experience Platform's catalogue has them.
#[derive(Debug, Clone)]
pub(crate) struct Names<'a> {
    /// Of the destination.
    pub destination: &'a str,
    /// Of the customer's instance of it.
    pub instance: &'a str,
    /// The id of that instance.
    pub instance_id: &'a str,
}

impl FlowRun {
    /// The run of the group at this place.
    ///
    /// # Errors
    /// A folder or a name that cannot be, at its place in the partner's file.
    pub(crate) fn new(
        configured: &Configured,
        names: &Names<'_>,
        occasion: &Occasion<'_>,
        place: u64,
        group: Group,
    ) -> Result<Self, ExportError> {
        let folder = folder_path(&configured.location.folder(), group.name(), group.id());
        let folder = folder.map_err(|error| {
            let help = "correct the path in the server, or what `customer_data` gives it";
            ExportError::Configuration(configured.path_place.error(error.to_string(), help))
        })?;
        let values = values(names, occasion, &group);
        let stem = configured.name.stem(&values).map_err(|error| {
            let help = "correct `batchConfig.filenameConfig`";
            ExportError::Configuration(configured.name_place.error(error.to_string(), help))
        })?;
        let mut run = Self {
            id: id(occasion.seed, place),
            group,
            location: configured.location.with_folder(&folder),
            stem,
            overwrites: false,
            manifest: None,
            place,
        };
        if configured.options.include_file_manifest {
            run.manifest = Some(ManifestPlan {
                destination_id: names.instance_id.to_owned(),
                flow_run_id: run.id.clone(),
                scheduled_time: format!("{:.0}", occasion.time()?),
                sink_path: format!("/{}", run.folder()),
            });
        }
        Ok(run)
    }

    /// The folder of its files in the storage, without slashes around.
    pub fn folder(&self) -> String {
        self.location.folder().trim_matches('/').to_owned()
    }
}

/// Made up, marked as destspec's; the runs of one export differ in one group of digits.
fn id(seed: u64, place: u64) -> String {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let run: u64 = rng.random_range(0..1 << 48);
    format!("de575bec-{:04x}-4000-8000-{run:012x}", place % 0x1_0000)
}

fn values(names: &Names<'_>, occasion: &Occasion<'_>, group: &Group) -> NameValues {
    let some = |text: &str| Some(text.to_owned());
    let called = (group.id().to_owned(), group.name().to_owned());
    let (audience, policy) = match group {
        Group::Audience(_) => (Some(called), None),
        Group::MergePolicy(_) => (None, Some(called)),
    };
    let (segment_id, segment_name) = audience.unzip();
    let (merge_policy_id, merge_policy_name) = policy.unzip();
    NameValues {
        custom_text: some("custom-text"),
        destination: some(names.destination),
        destination_instance_id: some(names.instance_id),
        destination_instance_name: some(names.instance),
        merge_policy_id,
        merge_policy_name,
        organization_name: some("destspec"),
        sandbox_name: some("prod"),
        segment_id,
        segment_name,
        seconds: occasion.seconds(),
    }
}
