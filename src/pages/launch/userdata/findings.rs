//! What was found, as a list: each entry leads to its place, and mends it where one change does.

use cloud_init::{Finding, Fix, Problem, Severity, bytes_of};
use leptos::prelude::*;

use super::checking::Checking;
use super::edit::{self, Change};
use super::editor::{area, go_to, severity_name, write, write_all};
use crate::text::{tr, tr_with, user_data};
use crate::ui::{Button, Glyph, Icon, Tone, marked};

/// More are hardly read; the rest comes when these are mended.
const MOST_SHOWN: usize = 50;

/// The list, and the sentence that says how many there are.
#[component]
pub(super) fn Findings(
    /// The text.
    value: RwSignal<String>,
    /// What is known of it.
    checking: Checking,
) -> impl IntoView {
    let findings = Memo::new(move |_| {
        checking.report.with(|report| {
            let mut findings = report.as_ref()?.findings.clone();
            // The field itself says so.
            findings.retain(|finding| !matches!(finding.problem, Problem::TooLong(_)));
            Some(findings)
        })
    });
    let said = Memo::new(move |_| {
        if let Some(why) = checking.failed.get() {
            return tr_with(
                "It could not be checked: {why}. It can be launched all the same.",
                &[("why", &why)],
            );
        }
        checking.report.with(|report| report.as_ref().map(user_data::summary).unwrap_or_default())
    });
    let shown = move || {
        let findings = findings.get().unwrap_or_default();
        let more = findings.len().saturating_sub(MOST_SHOWN);
        let entries = findings
            .into_iter()
            .take(MOST_SHOWN)
            .map(|finding| entry(value, checking, finding))
            .collect_view();
        let rest = (more > 0).then(|| view! { <li class="findings__more">{tr_with("and {count} more", &[("count", &more)])}</li> });
        view! { {entries}{rest} }.into_any()
    };
    view! {
        <p class="findings__sum" role="status" data-quiet=move || said.read().is_empty().then_some("")>{move || said.get()}</p>
        <ul class="findings" role="list" aria-label=tr("What was found in the user data") hidden=move || findings.with(|all| all.as_ref().is_none_or(Vec::is_empty))>
            {shown}
        </ul>
    }
}

fn entry(value: RwSignal<String>, checking: Checking, finding: Finding) -> AnyView {
    let Finding { severity, place, problem, fix, .. } = finding;
    let (glyph, tone, word) = match severity {
        Severity::Error => (Glyph::X, Tone::Danger, tr("Error")),
        Severity::Warning => (Glyph::Warn, Tone::Warn, tr("Warning")),
        Severity::Note => (Glyph::Info, Tone::Faint, tr("Note")),
    };
    let at = (place.line > 0).then(|| {
        let shown = format!("{}:{}", place.line, place.column);
        let words = tr_with(
            "Line {line}, column {column}",
            &[("line", &place.line), ("column", &place.column)],
        );
        // Who speaks to the page says what is written on it.
        let name = format!("{shown}, {words}");
        let go = move |_| value.with_untracked(|text| go_to(text, place));
        view! { <button class="link findings__place" type="button" aria-label=name title=words on:click=go>{shown}</button> }
    });
    let mend = fix.map(|fix| {
        let words = user_data::mend(&fix);
        view! { <Button small=true on_press=move |_| apply(value, checking, &fix)>{marked(&words)}</Button> }
    });
    view! {
        <li class="findings__item" data-severity=severity_name(severity)>
            <Icon glyph=glyph small=true tone=tone />
            <span class="findings__where">{at}</span>
            <span class="findings__words"><span class="visually-hidden">{word}": "</span>{marked(&user_data::words(&problem))}</span>
            <span class="findings__mend">{mend}</span>
        </li>
    }
    .into_any()
}

/// One change of the text, as if it had been typed.
fn apply(value: RwSignal<String>, checking: Checking, fix: &Fix) {
    // Something else may stand there by now: a moment later the look at it is renewed.
    if !checking.is_still_at(fix.place) {
        return;
    }
    let text = value.get_untracked();
    // What is not shown in the editor has no places.
    if *bytes_of(&text) != *text.as_bytes() {
        return;
    }
    if fix.place.line == 0 {
        if let Some(mended) = fix.apply(&text) {
            // The field shows no CR, so nothing seems to change: it is not typed.
            value.set(mended);
        }
        return;
    }
    let (start, mut end) = edit::range(&text, fix.place);
    // A change that reaches over the line's end takes that with it.
    let (_, line_end) = edit::range(&text, cloud_init::Place { length: usize::MAX, ..fix.place });
    match (area(), fix.apply(&text)) {
        (Some(area), Some(mended)) => {
            let kept = mended.encode_utf16().count();
            let before = text.replace("\r\n", "\n").encode_utf16().count();
            if end == line_end && before > kept + usize::try_from(end - start).unwrap_or_default() {
                write_all(value, mended);
                return;
            }
            end = end.max(start);
            let after = start + u32::try_from(fix.text.encode_utf16().count()).unwrap_or_default();
            write(&area, &Change { start, end, text: fix.text.clone(), select: (after, after) });
        }
        (None, Some(mended)) => value.set(mended),
        // There is no such place.
        (_, None) => {}
    }
}
