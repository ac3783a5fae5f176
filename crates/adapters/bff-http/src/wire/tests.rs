use super::*;

const VIN: &str = "WBA00000000DEMO03";

fn vin() -> Vin {
    VIN.parse().unwrap()
}

/// An answer about [`VIN`] with these further fields.
fn about_vin(fields: &str) -> Vec<u8> {
    let comma = if fields.is_empty() { "" } else { "," };
    format!(r#"{{"vin":"{VIN}"{comma}{fields}}}"#).into_bytes()
}

fn support(fields: &str) -> Result<SupportAnswer, AnswerError> {
    read::<Support, _>(&about_vin(fields), vin())
}

fn status(fields: &str) -> Result<PairingStatus, AnswerError> {
    read::<Status, _>(&about_vin(fields), vin())
}

fn password(fields: &str) -> Result<Option<PairingPassword>, AnswerError> {
    read::<Password, _>(&about_vin(fields), vin())
}

fn supported(upgrade_required: bool) -> SupportAnswer {
    SupportAnswer::Known(digital_key_domain::Support::Supported { upgrade_required })
}

const NOT_SUPPORTED: SupportAnswer =
    SupportAnswer::Known(digital_key_domain::Support::NotSupported);

#[test]
fn req_5_support_reads_what_the_rule_needs() {
    let whole = r#""digitalKey":{"bookedServicePackage":"SMACC_1_5",
        "isDigitalKeyFirstSupported":false,"readerGraphics":"000200000000","state":"ACTIVATED",
        "vehicleSoftwareUpgradeRequired":true,"later":{"x":[1]}},"more":null"#;
    assert_eq!(support(whole), Ok(supported(true)));
    let least = r#""digitalKey":{"bookedServicePackage":"SMACC_2_UWB","state":"ACTIVATED"}"#;
    assert_eq!(support(least), Ok(supported(false)));
    let other = r#""digitalKey":{"bookedServicePackage":"SMACC_9","state":"ACTIVATED"}"#;
    assert_eq!(support(other), Ok(SupportAnswer::Unknown));
}

#[test]
fn req_5_an_absent_object_means_not_supported() {
    assert_eq!(support(""), Ok(NOT_SUPPORTED));
    assert_eq!(support(r#""digitalKey":null"#), Ok(NOT_SUPPORTED));
}

#[test]
fn wel_1_a_status_with_and_without_an_owner_key() {
    let bools = r#""primarySubscriber":true,"prepared":false"#;
    let without = PairingStatus { owner_key: None, primary_subscriber: true, prepared: false };
    assert_eq!(status(bools), Ok(without.clone()));
    assert_eq!(status(&format!(r#"{bools},"ownerKey":null"#)), Ok(without.clone()));
    let with = PairingStatus {
        owner_key: Some(ReportedKey { id: DigitalKeyId::try_from("K1").unwrap(), tracked: true }),
        ..without
    };
    assert_eq!(status(&format!(r#"{bools},"ownerKey":{{"id":"K1","tracked":true}}"#)), Ok(with));
}

#[test]
fn wel_3_an_answer_has_a_password_or_none() {
    let digits = PairingPassword::parse("12345678").unwrap();
    assert_eq!(password(r#""password":"12345678""#), Ok(Some(digits.clone())));
    assert_eq!(password(r#""password":"1234567\u0038""#), Ok(Some(digits)));
    assert_eq!(password(r#""password":null"#), Ok(None));
    assert_eq!(password(""), Ok(None));
    assert_eq!(
        password(r#""password":"1234567x""#),
        Err(AnswerError::Password(PairingPasswordError))
    );
}

#[test]
fn req_5_each_member_of_the_digital_key_is_read_by_itself() {
    let no = Ok(SupportAnswer::Known(digital_key_domain::Support::NotSupported));
    for fields in [
        r#""digitalKey":{"state":"NOT_AVAILABLE"}"#,
        r#""digitalKey":{"bookedServicePackage":"NONE","state":{"deep":[1]}}"#,
    ] {
        assert_eq!(support(fields), no, "{fields}");
    }
    for fields in [
        r#""digitalKey":{}"#,
        r#""digitalKey":{"state":"ACTIVATED"}"#,
        r#""digitalKey":{"bookedServicePackage":"SMACC_1_5","state":1}"#,
    ] {
        assert_eq!(support(fields), Ok(SupportAnswer::Unknown), "{fields}");
    }
}

#[test]
fn a_wrong_or_missing_or_repeated_field_is_an_error() {
    let broken = |error: Option<AnswerError>| {
        matches!(
            error,
            Some(AnswerError::Json { kind, .. }) if kind.starts_with("has a field")
        )
    };
    for fields in [
        r#""digitalKey":true"#,
        r#""digitalKey":["ACTIVATED","SMACC_1_5",true]"#,
        r#""digitalKey":{"bookedServicePackage":"A","state":"B","state":"C"}"#,
        r#""digitalKey":null,"digitalKey":null"#,
        r#""vin":"WBA00000000DEMO03""#,
    ] {
        assert!(broken(support(fields).err()), "{fields}");
    }
    for fields in [
        r#""primarySubscriber":true"#,
        r#""prepared":true"#,
        r#""primarySubscriber":true,"prepared":null"#,
        r#""primarySubscriber":true,"prepared":"yes""#,
        r#""primarySubscriber":true,"prepared":true,"ownerKey":"K1""#,
        r#""primarySubscriber":true,"prepared":true,"ownerKey":{"id":"K1"}"#,
        r#""primarySubscriber":true,"prepared":true,"ownerKey":{"tracked":true}"#,
        r#""primarySubscriber":true,"prepared":true,"prepared":true"#,
    ] {
        assert!(broken(status(fields).err()), "{fields}");
    }
    assert!(broken(password(r#""password":12345678"#).err()));
}

#[test]
fn an_owner_key_needs_an_id() {
    let fields = r#""primarySubscriber":true,"prepared":true,"ownerKey":{"id":"","tracked":true}"#;
    assert_eq!(status(fields), Err(AnswerError::KeyId(DigitalKeyIdError::Empty)));
}

#[test]
fn an_error_about_json_says_what_and_where() {
    let kind = |body: &[u8]| match read::<Password, Option<PairingPassword>>(body, vin()) {
        Err(AnswerError::Json { kind, line, .. }) => (kind, line),
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(b"{\n\"vin\":"), ("is cut off", 2));
    assert_eq!(kind(b"<html>"), ("is not JSON", 1));
    assert_eq!(kind(b"{\"vin\":\"\xff\"}"), ("is not JSON", 1));
    assert_eq!(kind(&[about_vin(""), b"x".to_vec()].concat()).0, "is not JSON");
    assert_eq!(kind("[".repeat(60_000).as_bytes()).1, 1);
    let deep = format!(r#""x":{}"#, "[".repeat(60_000));
    assert_eq!(kind(&about_vin(&deep)), ("is not JSON", 1));
    assert!(kind(format!(r#"["{VIN}","12345678"]"#).as_bytes()).0.starts_with("has a field"));
    assert_eq!(read::<Password, Option<PairingPassword>>(b"", vin()), Err(AnswerError::Empty));
}

#[test]
fn an_answer_is_about_the_vehicle_that_was_asked_for() {
    let lower_case = format!(r#"{{"vin":"{}"}}"#, VIN.to_lowercase());
    assert_eq!(read::<Support, SupportAnswer>(lower_case.as_bytes(), vin()), Ok(NOT_SUPPORTED));
    for other in ["WBA00000000DEMO04", "WBA", ""] {
        let body = format!(r#"{{"vin":"{other}"}}"#);
        assert_eq!(
            read::<Support, SupportAnswer>(body.as_bytes(), vin()),
            Err(AnswerError::OtherVin),
            "{other:?}"
        );
    }
}
