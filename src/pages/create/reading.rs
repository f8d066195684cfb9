//! The panel "What the file says": what was read, drawn and listed; what stands in the way; and the offer to leave out zeros.

use disk_image::report::{Finding, Format, Report, Trouble, Weight};
use disk_image::sparse::Saving;
use leptos::prelude::*;

use super::draft::{Place, Problem, Source};
use super::form::{Form, error_at};
use super::looking::Look;
use super::readings::{self, Sign};
use super::tape::tape;
use crate::text::{findings, format, tr, tr_with};
use crate::ui::{Check, ChoiceCard, CopyButton, Glyph, Icon, Note, Panel, Progress, Tone};
use crate::worker::NOT_LOADED;

/// Everything that the look into the file told.
#[component]
pub(super) fn Reading(
    /// The form.
    form: Form,
    /// What is wrong with it.
    problems: Memo<Vec<Problem>>,
) -> impl IntoView {
    let report = Memo::new(move |_| {
        form.chosen.with(|chosen| {
            let chosen = chosen.as_ref()?;
            Some((chosen.name.clone(), chosen.report.clone()?))
        })
    });
    // Quotas: whatever is wrong with the file that no finding of its own says.
    let error = error_at(problems, Place::Source);
    let other_error = move || {
        let said = report.with(|report| {
            let (_, report) = report.as_ref()?;
            Some(
                report
                    .findings
                    .iter()
                    .map(|one| findings::words(&one.trouble, report.format).title)
                    .collect::<Vec<_>>(),
            )
        });
        let chosen = form.chosen.read().is_some() && form.source.get() == Source::File;
        error.get().filter(|text| chosen && !said.unwrap_or_default().contains(text))
    };
    view! {
        {move || match form.looking.look.get() {
            Look::Failed(why) if why == NOT_LOADED => Some(view! {
                <Note
                    tone=Tone::Warn
                    title=tr("The file was not looked into")
                    text=Some(tr("The part of the console that does it could not be loaded. The console may have been updated: reload the tab, then choose the file again.").to_owned())
                />
            }.into_any()),
            Look::Failed(why) => Some(view! {
                <Note
                    tone=Tone::Danger
                    title=tr("The file could not be read")
                    text=Some(tr_with("A folder cannot be uploaded; a file may have been moved or needs a permission. The browser says: {why}", &[("why", &why)]))
                />
            }.into_any()),
            Look::Reading => Some(view! { <p class="field__hint" role="status">{tr("Reading the file …")}</p> }.into_any()),
            Look::Idle | Look::Done => None,
        }}
        {move || report.get().map(|(name, report)| told(form, &name, report))}
        {move || other_error().map(|text| view! {
            <Note tone=Tone::Danger title=tr("This file cannot be used as it is") text=Some(text) />
        })}
        <Show when=move || form.looking.searched.read().is_some()>
            <div class="stack stack--tight">
                <p class="field__hint">{move || tr_with(
                    "Looking for zeros that need not be sent: {share}. You need not wait for it.",
                    &[("share", &format::percent(form.looking.searched.get().unwrap_or_default()))],
                )}</p>
                <Progress label=tr("Search for zeros") share=form.looking.searched thin=true />
            </div>
        </Show>
        {move || form.looking.saving.get().map(|saving| offer(form, saving))}
    }
}

/// The panel and the findings below it.
fn told(form: Form, name: &str, report: Report) -> AnyView {
    let (first, parts) = readings::sum(&report);
    let rows = readings::readings(&report);
    let drawn = tape(&report);
    let refused = report.findings.iter().any(|finding| finding.weight == Weight::Refused);
    let insist = (refused && report.format != Format::Empty).then(|| {
        view! {
            <Check
                checked=form.insists
                label=tr("Send it all the same")
                hint=Some(tr("The cloud has the last word: it may refuse the file after all of it was sent.").to_owned())
            />
        }
    });
    // One command mends all of it: it stands at the first thing that it mends.
    let mut command = disk_image::remedy(&report, name);
    let notes: Vec<AnyView> = report
        .findings
        .iter()
        .map(|finding| {
            let mends = match finding.trouble {
                Trouble::NothingToBoot => false,
                // A sound disk with a description that clouds refuse: QEMU writes another one.
                Trouble::Damaged(_) => {
                    report.format == Format::Vmdk && finding.weight == Weight::Refused
                }
                _ => true,
            };
            note(finding, report.format, if mends { command.take() } else { None })
        })
        .collect();
    view! {
        <Panel title=tr("What the file says") note=|| tr("read on this computer · nothing sent yet") flush=true>
            <div class="partitions" aria-live="polite">
                <p class="inspection__sum">
                    <strong>{first}</strong>
                    {parts.into_iter().map(|part| view! { " · "{part} }).collect_view()}
                </p>
                {drawn}
            </div>
            <dl class="facts">
                {rows.into_iter().map(|row| view! {
                    <div class="facts__row">
                        <dt class="facts__term">{sign(row.sign)}{row.term}</dt>
                        <dd class="facts__value">{row.value}</dd>
                        {(!row.place.is_empty()).then(|| view! { <dd class="facts__where">{row.place}</dd> })}
                    </div>
                }).collect_view()}
            </dl>
        </Panel>
        {notes}
        {insist}
    }
    .into_any()
}

fn sign(sign: Sign) -> AnyView {
    let (glyph, tone) = match sign {
        Sign::Good => (Glyph::Check, Tone::Ok),
        Sign::Mind => (Glyph::Warn, Tone::Warn),
        Sign::Unread => (Glyph::Help, Tone::Faint),
    };
    view! { <Icon glyph=glyph small=true tone=tone /> }.into_any()
}

/// One finding: its weight in words, what it is, and the command that mends it.
fn note(finding: &Finding, format: Format, command: Option<String>) -> AnyView {
    let words = findings::words(&finding.trouble, format);
    let tone = match finding.weight {
        Weight::Refused | Weight::NeverBoots => Tone::Danger,
        Weight::Notice => Tone::Warn,
    };
    let title = format!("{}: {}", findings::weight(finding.weight), words.title);
    match command {
        None => view! { <Note tone=tone title=title text=Some(words.text) /> }.into_any(),
        Some(command) => {
            let copied = command.clone();
            view! {
                <Note tone=tone title=title text=Some(words.text)>
                    <code class="mend" tabindex="0" role="region" aria-label=tr("Command that mends it")>{command}</code>
                    <CopyButton text=Signal::stored(copied) what=tr("command") worded=true />
                </Note>
            }
            .into_any()
        }
    }
}

/// The choice between the file as it is and without its zeros.
fn offer(form: Form, saving: Saving) -> AnyView {
    let is = move |yes: bool| Signal::derive(move || form.as_qcow2.get() == yes);
    let whole = tr_with("As it is: {size}", &[("size", &format::bytes(saving.file_bytes))]);
    let small = tr_with("As qcow2: {size}", &[("size", &format::bytes(saving.send_bytes))]);
    let text = tr_with(
        "{saved} of it are zeros that need not travel. The disk stays the same, byte for byte.",
        &[("saved", &format::bytes(saving.saved_bytes()))],
    );
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend">{tr("How to send")}</legend>
            <div class="choices choices--2">
                <ChoiceCard name="road" title=small text=Some(text) checked=is(true) on_choose=Callback::new(move |()| form.send_as_qcow2(true)) />
                <ChoiceCard name="road" title=whole text=Some(tr("All bytes of the file, zeros as well.").to_owned()) checked=is(false) on_choose=Callback::new(move |()| form.send_as_qcow2(false)) />
            </div>
        </fieldset>
    }
    .into_any()
}
