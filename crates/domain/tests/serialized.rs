//! Views, records and changes as JSON.
#![cfg(feature = "serde")]
// Test helpers may panic: that is how a test fails.
#![allow(clippy::unwrap_used)]

use digital_key_domain::{
    DigitalKeyId, Flow, Generation, Intent, KnownKey, OwnerKey, Phone, Readiness, RecordChange,
    Settings, Support, VehicleRecord,
};
use serde_json::json;

fn full_record() -> VehicleRecord {
    let mut record = VehicleRecord {
        support: Some(Support::Supported { upgrade_required: true }),
        key: KnownKey::Owner(OwnerKey {
            id: DigitalKeyId::try_from("K1").unwrap(),
            tracked: true,
            on_this_phone: true,
            paired_here: false,
            reported: true,
        }),
        readiness: Some(Readiness { primary_subscriber: true, prepared: false }),
        ..VehicleRecord::default()
    };
    record.store_password(Generation::new(7));
    record.take_use();
    record
}

#[test]
fn a_record_comes_back_as_it_was() {
    let json = serde_json::to_string(&full_record()).unwrap();
    assert_eq!(serde_json::from_str::<VehicleRecord>(&json).unwrap(), full_record(), "{json}");
}

#[test]
fn a_change_comes_back_as_it_was() {
    let key = DigitalKeyId::try_from("K1").unwrap();
    for change in [
        RecordChange::Support(Support::NotSupported),
        RecordChange::Presence { key: key.clone(), on_this_phone: true },
        RecordChange::Paired { key, used: Generation::new(3) },
    ] {
        let json = serde_json::to_string(&change).unwrap();
        assert_eq!(serde_json::from_str::<RecordChange>(&json).unwrap(), change, "{json}");
    }
}

#[test]
fn a_key_without_an_id_is_refused() {
    let mut json = serde_json::to_value(full_record()).unwrap();
    json["key"]["Owner"]["id"] = json!("");
    let error = serde_json::from_value::<VehicleRecord>(json).unwrap_err();
    assert_eq!(error.to_string(), "the digital key id is empty");
}

#[test]
fn a_view_says_what_the_page_offers() {
    let mut flow = Flow::new(Settings::new(Phone::Android));
    let vin = "WBA00000000DEMO03".parse().unwrap();
    let _ = flow.step(Intent::SelectVehicle(vin).into(), &mut Vec::new());
    let view = serde_json::to_value(flow.view()).unwrap();
    assert_eq!(view["vehicle"], json!("WBA00000000DEMO03"));
    assert_eq!(view["page"], json!({ "VehicleTab": { "opening": false, "hidden": "Platform" } }));
    assert_eq!(view["offers"], json!([]));
}
