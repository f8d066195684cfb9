//! Each rule of a draft, in one line where it can be.

use disk_image::report::{Boot, Finding, Layout, Os, WhyNot};

use super::*;

/// What a file without a word about itself says.
pub(in crate::pages::create) fn report(format: Format) -> Report {
    Report {
        format,
        variant: None,
        seen_as: match format {
            Format::Vhdx => vec![Seen::Vhdx],
            Format::Qcow2 => vec![Seen::Qcow2],
            _ => vec![Seen::Raw],
        },
        wrapped: None,
        file_size_bytes: 1000,
        virtual_size_bytes: None,
        findings: Vec::new(),
        layout: Layout::None,
        boot: Boot::default(),
        system: System::NotTold(WhyNot::NoRoot),
    }
}

/// A form without problems.
pub(in crate::pages::create) fn draft() -> Draft {
    let values = [
        (Entry::Name, "golden"),
        (Entry::DiskFormat, "raw"),
        (Entry::Visibility, "private"),
        (Entry::Architecture, "x86_64"),
    ];
    Draft {
        file: Some(ChosenFile {
            name: "disk.qcow2".into(),
            size_bytes: 1000,
            report: Some(report(Format::Unknown)),
        }),
        values: values.map(|(entry, value)| (entry, value.to_owned())).into(),
        ..Draft::default()
    }
}

fn check(change: impl FnOnce(&mut Draft), place: Place, weight: Weight, part: &str) {
    let mut draft = draft();
    change(&mut draft);
    let cloud = CloudFacts { bytes_left: Some(5000), ..CloudFacts::default() };
    let problems = draft.problems(&cloud);
    assert!(
        problems.iter().any(|p| p.place == place && p.weight == weight && p.text.contains(part)),
        "{part:?} not in {problems:?}"
    );
}

fn set(entry: Entry, value: &str) -> impl FnOnce(&mut Draft) {
    move |draft| {
        draft.values.insert(entry, value.to_owned());
    }
}

fn says(format: Format) -> impl FnOnce(&mut Draft) {
    move |draft| draft.file.as_mut().unwrap().report = Some(report(format))
}

fn refused(trouble: Trouble) -> impl FnOnce(&mut Draft) {
    move |draft| {
        let report = draft.file.as_mut().unwrap().report.as_mut().unwrap();
        report.findings.push(Finding { trouble, weight: Heavy::Refused });
    }
}

#[test]
fn a_good_draft_has_no_problems() {
    assert_eq!(draft().problems(&CloudFacts::default()), vec![]);
}

#[test]
fn what_is_wrong_is_said_at_its_field() {
    use Place::{At, Source as S};
    check(|d| d.file = None, S, Weight::Missing, "Choose a file");
    check(|d| d.file.as_mut().unwrap().size_bytes = 6000, S, Weight::Wrong, "quota");
    check(refused(Trouble::BackingFile(None)), S, Weight::Wrong, "another file");
    check(
        set(Entry::DiskFormat, "qcow2"),
        At(Entry::DiskFormat),
        Weight::Notice,
        "not look like qcow2",
    );
    check(says(Format::Vhdx), At(Entry::DiskFormat), Weight::Notice, "itself says vhdx");
    check(set(Entry::Name, " "), At(Entry::Name), Weight::Missing, "name");
    check(set(Entry::Name, &"x".repeat(256)), At(Entry::Name), Weight::Wrong, "255");
    check(set(Entry::MinDisk, "4.5"), At(Entry::MinDisk), Weight::Wrong, "GiB");
    check(set(Entry::MinRam, "-1"), At(Entry::MinRam), Weight::Wrong, "MiB");
    check(set(Entry::MinRam, "99999999999"), At(Entry::MinRam), Weight::Wrong, "MiB");
    let url = |url: &'static str| {
        move |d: &mut Draft| {
            d.source = Source::Url;
            set(Entry::Url, url)(d);
        }
    };
    check(url("ftp://x/y"), S, Weight::Wrong, "http://");
    check(url("nonsense"), S, Weight::Wrong, "not an address");
}

#[test]
fn who_insists_may_send_what_is_refused_but_never_nothing() {
    let mut form = draft();
    refused(Trouble::Wrapped)(&mut form);
    form.insists = true;
    assert_eq!(form.problems(&CloudFacts::default()), vec![]);
    let mut empty = draft();
    says(Format::Empty)(&mut empty);
    refused(Trouble::Empty)(&mut empty);
    empty.insists = true;
    assert!(empty.problems(&CloudFacts::default())[0].weight.blocks());
}

#[test]
fn a_disk_for_other_machines_is_told() {
    check(
        |draft| {
            let os = Os { architecture: Some("aarch64".into()), ..Os::default() };
            draft.file.as_mut().unwrap().report.as_mut().unwrap().system = System::Found(os);
        },
        Place::At(Entry::Architecture),
        Weight::Notice,
        "aarch64",
    );
}

#[test]
fn a_taken_name_warns_and_a_full_quota_blocks() {
    let taken = draft().problems(&CloudFacts { name_taken: true, ..CloudFacts::default() });
    assert!(
        taken.iter().any(|p| p.place == Place::At(Entry::Name) && p.weight == Weight::Notice),
        "{taken:?}"
    );
    let full = draft().problems(&CloudFacts { images_left: Some(0), ..CloudFacts::default() });
    assert!(full.iter().any(|p| p.place == Place::Source && p.weight == Weight::Wrong), "{full:?}");
}
