//! Simultaneous deliveries: all are stored, unless a fault loses some.

use destspec::emulator::rest::Fault;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::emulator::client::{Lab, minimal, profile};

/// Delivers at once, and says how many of those that were accepted do not show.
async fn lost(lab: &Lab, count: usize) -> usize {
    let people: Vec<String> = (0..count).map(|n| format!("p{n}@example.com")).collect();
    let deliver = |person: &String| {
        let message = minimal(person);
        async move { lab.deliver("bearer-single", &message).await.status == 200 }
    };
    let accepted = join_all(people.iter().map(deliver)).await;
    let mut lost = 0;
    for (person, accepted) in people.iter().zip(accepted) {
        let shown = lab.observe("bearer-single", person).await.status == 200;
        lost += usize::from(accepted && !shown);
    }
    lost
}

#[tokio::test]
async fn what_is_accepted_of_different_people_at_once_is_stored() {
    assert_eq!(lost(&Lab::new(&[], &[]).await, 60).await, 0);
    assert_eq!(lost(&Lab::faulty(Fault::UpdateLost).await, 8).await, 0);
    assert!(lost(&Lab::faulty(Fault::StoreOverwritten).await, 8).await > 0);
}

#[tokio::test]
async fn what_is_accepted_in_a_crowd_is_stored_unless_by_its_fault() {
    let lab = Lab::faulty(Fault::CrowdNotStored).await;
    assert_eq!(lost(&lab, 4).await, 0);
    assert!(lost(&lab, 60).await > 0);
}

#[tokio::test]
async fn simultaneous_updates_of_one_person_all_count_unless_by_its_fault() {
    let members = async |faults: &[Fault]| -> Value {
        let lab = &Lab::new(faults, &[]).await;
        let person = [("email", "a@example.com")];
        lab.deliver("bearer-single", &profile(&person, &[])).await;
        let deliver = |n: usize| {
            let message = profile(&person, &[(&format!("a{n}"), "realized")]);
            async move { lab.deliver("bearer-single", &message).await }
        };
        let answers = join_all((0..8).map(deliver)).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        let observed = lab.observe("bearer-single", "a@example.com").await;
        observed.json()["audiences"].clone()
    };
    let all = json!((0..8).map(|n| format!("a{n}")).collect::<Vec<_>>());
    assert_eq!(members(&[]).await, all);
    let some = members(&[Fault::UpdateLost]).await;
    assert!(some.as_array().unwrap().len() < 8, "{some}");
}
