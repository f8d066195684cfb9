//! The comparison with samples must see a difference, or every contract test is green for nothing.

use crate::support::Answer;
use crate::support::contract::Sample;
use serde_json::{Value, json};

fn differences(theirs: Value, ours: Value, content_type: &str) -> Vec<String> {
    let headers =
        vec![("content-type".into(), "application/json".into()), ("x-id".into(), "1".into())];
    let headers_of_ours = [("content-type", content_type), ("x-id", "2")].map(|(name, value)| {
        (name.parse::<reqwest::header::HeaderName>().unwrap(), value.parse().unwrap())
    });
    let answer = Answer { status: 200, headers: headers_of_ours.into_iter().collect(), body: ours };
    Sample::new("made up", 200, headers, theirs)
        .nullable("/a/n")
        .optional("/a/*/o")
        .may_be_empty("/e")
        .differences(&answer)
}

#[test]
fn it_sees_what_it_must_and_tolerates_what_it_was_told() {
    let check = |theirs: Value, ours: Value, expected: &[&str]| {
        let name = format!("{theirs} against {ours}");
        assert_eq!(differences(theirs, ours, "application/json"), expected, "{name}");
    };
    check(json!({"x": 1, "y": "a"}), json!({"x": 2, "y": "b"}), &[]);
    check(json!({"x": 1}), json!({"x": "1"}), &["/x is a string, should be a whole number"]);
    check(json!({"x": 1}), json!({}), &["/x is missing"]);
    check(json!({}), json!({"x": 1}), &["/x should not be there"]);
    check(json!({"x": null}), json!({"x": 1}), &["/x is a whole number, should be null"]);
    check(json!({"x": 1}), json!({"x": null}), &["/x is null, should be a whole number"]);
    check(json!({"a": {"n": null}}), json!({"a": {"n": 1}}), &[]);
    check(json!({"a": [{"o": 1}]}), json!({"a": [{}, {"o": 2}]}), &[]);
    check(json!({"l": [1]}), json!({"l": []}), &["/l has 0 elements, the sample 1"]);
    check(json!({"e": [1]}), json!({"e": []}), &[]);
    check(json!({"l": [{"k": 1}, {"z": ""}]}), json!({"l": [{"z": "q"}, {"k": 2}]}), &[]);
    check(
        json!({"l": [{"k": 1}]}),
        json!({"l": [{"k": 1}, {"k": ""}]}),
        &["/l/1/k is a string, should be a whole number"],
    );
}

#[test]
fn it_sees_headers_and_status() {
    let found = differences(json!({}), json!({}), "text/plain");
    assert_eq!(found, ["header content-type is \"text/plain\", should be \"application/json\""]);
    let answer =
        Answer { status: 404, headers: reqwest::header::HeaderMap::new(), body: Value::Null };
    let found = Sample::new("made up", 200, vec![("x-id".into(), "1".into())], json!(""))
        .differences(&answer);
    assert_eq!(found, ["status is 404, should be 200", "header x-id is missing"]);
}
