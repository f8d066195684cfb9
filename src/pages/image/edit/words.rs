//! The parts of an image and their values in words. Pure.

use super::change::Part;
use super::known;
use crate::components::image::visibility_word;
use crate::text::{format, tr, tr_with};
use openstack::image::Visibility;

/// What a part is called.
pub fn part_words(part: &Part) -> String {
    match part {
        Part::Name => tr("Name").to_owned(),
        Part::Visibility => tr("Visibility").to_owned(),
        Part::Protected => tr("Protected").to_owned(),
        Part::Hidden => tr("Hidden").to_owned(),
        Part::MinDisk => tr("Smallest disk").to_owned(),
        Part::MinRam => tr("Smallest RAM").to_owned(),
        Part::Tag(tag) => tr_with("Tag {tag}", &[("tag", tag)]),
        Part::Property(key) => match known::label(key) {
            "" => key.clone(),
            label => label.to_owned(),
        },
    }
}

/// A value of it; `None` is none.
pub fn value_words(part: &Part, value: Option<&str>) -> String {
    let number = || value.and_then(|text| text.parse::<u64>().ok());
    match (part, value) {
        (Part::Tag(_), Some(_)) => tr("added").to_owned(),
        (Part::Tag(_), None) => tr("removed").to_owned(),
        (_, None) => tr("none").to_owned(),
        (Part::Protected | Part::Hidden, Some(text)) => {
            if text == "true" { tr("Yes") } else { tr("No") }.to_owned()
        }
        (Part::Visibility, Some(text)) => visibility_word(&Visibility::from(text), true),
        (Part::MinDisk | Part::MinRam, Some("0")) => tr("any").to_owned(),
        (Part::MinDisk, Some(text)) => number().map_or_else(|| text.to_owned(), format::disk),
        (Part::MinRam, Some(text)) => number().map_or_else(|| text.to_owned(), format::ram),
        (_, Some("")) => tr("empty").to_owned(),
        (_, Some(text)) => text.to_owned(),
    }
}

/// The id of a part's field, for what leads to it.
pub fn anchor(part: &Part) -> String {
    match part {
        Part::Tag(_) => "edit-tags".to_owned(),
        Part::Property(key) if known::label(key).is_empty() => "edit-properties".to_owned(),
        other => format!("edit-{}", other.api_name()),
    }
}
