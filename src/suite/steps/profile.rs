//! Profiles: what a scenario is about.

use crate::model::profile::{Profile, Status};
use crate::model::reason::Reason;
use crate::suite::cast::Cast;
use crate::suite::parameter::{Difference, Membership, Mixture, Size, Trait};
use crate::suite::stop::{Args, Stop};
use crate::suite::world::World;
use crate::suite::{broken, history, omission};

/// A profile that has entered and left audiences.
pub async fn with_membership(world: &mut World, args: &Args) -> Result<(), Stop> {
    let membership = args.get::<Membership>(0)?;
    let (subject, session) = (world.streaming()?, world.session()?);
    let mut cast = Cast::new(&subject, session.rng("profiles"));
    let profile = match membership {
        Membership::OneRealized => cast.profile(&[(0, Status::Realized)]),
        Membership::OnlyExited => cast.profile(&[(0, Status::Exited)]),
        Membership::Mixed => cast.profile(&[(0, Status::Realized), (1, Status::Exited)]),
        Membership::Existing => cast.profile(&[(0, Status::Existing)]),
        Membership::Two => cast.profile(&[(0, Status::Realized), (1, Status::Realized)]),
        Membership::Many => cast.profile_in_many(250),
        Membership::OtherNamespace => cast.profile_in_other_namespace(),
        Membership::TwoSources => cast.profile_of_two_sources(),
        Membership::TwoApart => {
            let profile = cast.profile(&[(0, Status::Realized), (1, Status::Realized)]);
            let profile = profile.map_err(Stop::Omit)?;
            return apart(world, profile.by_audience());
        }
        Membership::Brief | Membership::Interrupted => {
            let profile = cast.profile(&[(0, Status::Realized)]);
            let mut states = history::brief(profile.map_err(Stop::Omit)?).to_vec();
            if membership == Membership::Brief {
                states.pop();
            }
            return apart(world, states);
        }
    };
    world.scene()?.profiles = vec![profile.map_err(Stop::Omit)?];
    Ok(())
}

/// One profile as several messages say it, each something else of it.
fn apart(world: &mut World, states: Vec<Profile>) -> Result<(), Stop> {
    let scene = world.scene()?;
    (scene.profiles, scene.alone) = (states, true);
    Ok(())
}

/// Two people who could be taken for one, each in an audience of their own.
pub async fn two_people(world: &mut World, args: &Args) -> Result<(), Stop> {
    let difference = args.get::<Difference>(0)?;
    let (subject, session) = (world.streaming()?, world.session()?);
    let people = Cast::new(&subject, session.rng("profiles")).two_people(difference);
    let scene = world.scene()?;
    (scene.profiles, scene.alone) = (people.map_err(Stop::Omit)?, true);
    Ok(())
}

/// What is particular about the profile.
pub async fn with_trait(world: &mut World, args: &Args) -> Result<(), Stop> {
    let particular = args.get::<Trait>(0)?;
    let (subject, session) = (world.streaming()?, world.session()?);
    let profile = world.scene()?.profiles.first_mut();
    let profile = profile.ok_or_else(|| broken::nothing_to_judge("profile"))?;
    Cast::new(&subject, session.rng("trait"))
        .shape(profile, particular)
        .map_err(Stop::Omit)
}

/// When the profile entered its audiences.
pub async fn qualified_at(world: &mut World, args: &Args) -> Result<(), Stop> {
    let time = args.get::<String>(0)?;
    let subject = world.streaming()?;
    if !subject.sends_timestamps {
        return Err(Stop::Omit(omission::no_timestamps_sent()));
    }
    if !subject.renderer.keeps(&time) {
        return Err(Stop::Omit(omission::timestamp_not_read(&time)));
    }
    for profile in &mut world.scene()?.profiles {
        profile.qualify_at(&time);
    }
    Ok(())
}

/// One profile per namespace, with one identity in it and none elsewhere.
pub async fn for_each_namespace(world: &mut World, _: &Args) -> Result<(), Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let mut cast = Cast::new(&subject, session.rng("profiles"));
    let profiles =
        (0..subject.claims.namespaces.len()).map(|place| cast.profile_of_namespace(place));
    let profiles = profiles
        .collect::<Result<Vec<_>, Reason>>()
        .map_err(Stop::Omit)?;
    let scene = world.scene()?;
    (scene.profiles, scene.alone) = (profiles, true);
    Ok(())
}

/// So many profiles, each in a message of its own.
pub async fn many_alone(world: &mut World, args: &Args) -> Result<(), Stop> {
    let profiles = profiles(world, args.get::<usize>(0)?)?;
    let scene = world.scene()?;
    (scene.profiles, scene.alone) = (profiles, true);
    Ok(())
}

/// One message of profiles that differ from each other.
pub async fn mixed(world: &mut World, args: &Args) -> Result<(), Stop> {
    let mixture = args.get::<Mixture>(0)?;
    let (subject, session) = (world.streaming()?, world.session()?);
    let profiles = Cast::new(&subject, session.rng("profiles"))
        .mixture(mixture, subject.profiles_per_message())
        .map_err(Stop::Omit)?;
    world.scene()?.profiles = profiles;
    Ok(())
}

/// As many profiles as make a message of that size.
pub async fn of_size(world: &mut World, args: &Args) -> Result<(), Stop> {
    const LARGE: usize = 25;
    let limit = world.streaming()?.profiles_per_message();
    let size = args.get::<Size>(0)?;
    let count = match size {
        Size::One => 1,
        Size::LimitLessOne => limit - 1,
        Size::Limit => limit,
        Size::Large => limit.min(LARGE),
        Size::HalfLimit => (limit / 2).max(1),
    };
    world.scene()?.profiles = match size {
        Size::Large => large(world, count)?,
        Size::One | Size::LimitLessOne | Size::Limit | Size::HalfLimit => profiles(world, count)?,
    };
    Ok(())
}

/// Profiles that are all in as many audiences as a destination has to bear.
fn large(world: &mut World, count: usize) -> Result<Vec<Profile>, Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let mut cast = Cast::new(&subject, session.rng("profiles"));
    let profiles = (0..count).map(|_| {
        let mut profile = cast.profile_in_many(250)?;
        cast.enlarge(&mut profile);
        Ok(profile)
    });
    profiles.collect::<Result<_, _>>().map_err(Stop::Omit)
}

fn profiles(world: &mut World, count: usize) -> Result<Vec<Profile>, Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    Cast::new(&subject, session.rng("profiles"))
        .profiles(count)
        .map_err(Stop::Omit)
}
