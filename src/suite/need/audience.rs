//! What a scenario about audiences needs of a destination, of whatever family.

use crate::encode::audience::is_authorized;
use crate::model::reason::Reason;
use crate::model::sdk::EventKind;
use crate::suite::dataflow::asks_about_destination;
use crate::suite::need::needs;
use crate::suite::omission;
use crate::suite::subject::Subject;

needs! {
    /// The audience template has what creates an audience.
    Api = "needs.audience-api",
    /// It carries credentials.
    Credentials = "needs.audience-credentials",
    /// It has what deletes one.
    Delete = "needs.audience-delete",
    /// The id of a new audience is in a header of the answer.
    IdInHeader = "needs.audience-id-in-header",
    /// The audience template has what says that files were exported.
    Notify = "needs.audience-notify",
    /// The submission says how to ask for an audience.
    Retrieval = "needs.audience-retrieval",
    /// The audience template has what renames one.
    Update = "needs.audience-update",
    /// It has what validates one.
    Validate = "needs.audience-validate",
    /// What validates one carries credentials.
    ValidateCredentials = "needs.validate-credentials",
    /// It says what customer data has to look like.
    Validations = "needs.audience-validations",
    /// It has requests about the destination itself.
    DestinationRequests = "needs.destination-requests",
}

impl Need {
    /// Why a destination does not meet it.
    pub fn unmet(self, subject: &Subject) -> Option<Reason> {
        (!self.is_met(subject)).then(|| self.reason(subject))
    }

    fn is_met(self, subject: &Subject) -> bool {
        match self {
            Need::Api => subject.has_event(EventKind::Create),
            Need::Credentials => subject.audience_needs_credentials(),
            Need::Delete => subject.has_event(EventKind::Delete),
            Need::IdInHeader => subject.audience_id_in_header(),
            Need::Notify => subject.has_event(EventKind::Notify),
            Need::Retrieval => subject.retrieval().is_some(),
            Need::Update => subject.has_event(EventKind::Update),
            Need::Validate => subject.has_event(EventKind::Validate),
            Need::ValidateCredentials => {
                let event = subject.api().and_then(|api| api.event(EventKind::Validate));
                event.is_some_and(is_authorized)
            }
            Need::Validations => {
                let template = subject.api().map(|api| api.template());
                template.is_some_and(|template| !template.validations.is_empty())
            }
            Need::DestinationRequests => subject.api().is_some_and(asks_about_destination),
        }
    }

    fn reason(self, subject: &Subject) -> Reason {
        let lacks = |kind: EventKind| omission::no_audience_event(kind.key());
        match self {
            Need::Api if subject.destination().audience_template.is_some() => {
                omission::audience_api_unusable()
            }
            Need::Api => omission::no_audience_api(),
            Need::Credentials => omission::audience_api_open(),
            Need::Delete => lacks(EventKind::Delete),
            Need::IdInHeader => omission::audience_id_in_body(),
            Need::Notify => lacks(EventKind::Notify),
            Need::Retrieval => omission::no_audience_retrieval(),
            Need::Update => lacks(EventKind::Update),
            Need::Validate => lacks(EventKind::Validate),
            Need::ValidateCredentials if Need::Validate.is_met(subject) => {
                omission::audience_validation_open()
            }
            Need::ValidateCredentials => lacks(EventKind::Validate),
            Need::Validations => omission::no_audience_validation(),
            Need::DestinationRequests => lacks(EventKind::CreateDestination),
        }
    }
}
