//! What the instances are called, how many there are, and where.

use leptos::prelude::*;

use super::fields::Fields;
use super::form::Part;
use super::supply::{Supply, value};
use super::zones::zone_warning;
use super::{capacity, words};
use crate::text::{tr, tr_with};
use crate::ui::{Choice, Field, Input, Section, Select};

/// The section.
#[component]
pub fn InstanceSection(
    /// What the cloud offers.
    supply: Supply,
    /// The form.
    fields: Fields,
) -> impl IntoView {
    let hint = Signal::derive(move || {
        let (name, count) = (fields.name.read(), fields.count_now());
        if count > 1 && !name.trim().is_empty() {
            let names = words::names_of_several(&name, count);
            return Some(tr_with("They are called {names}.", &[("names", &names)]));
        }
        words::host_name(&name)
            .filter(|_| fields.host_name.read().trim().is_empty())
            .map(|host| tr_with("Inside it is called {host}.", &[("host", &host)]))
    });
    let room = Signal::derive(move || fields.demands.with(|demands| capacity::sentence(demands)));
    let zones = Memo::new(move |_| {
        let zones = value(supply.zones).unwrap_or_default();
        zones.into_iter().map(|zone| zone.name).collect::<Vec<_>>()
    });
    let options = Signal::derive(move || {
        let any = Choice::new("", tr("Any (recommended)"));
        // What a link asks for is shown even where it is not there.
        let asked = fields.zone.get_untracked();
        let stray = (!asked.is_empty() && !zones.read().contains(&asked)).then_some(asked);
        std::iter::once(any)
            .chain(zones.get().into_iter().chain(stray).map(|zone| Choice::new(zone.clone(), zone)))
            .collect::<Vec<_>>()
    });
    let warning = Signal::derive(move || fields.against(zone_warning).flatten());
    let choose_zone = Memo::new(move |_| zones.read().len() > 1 || !fields.zone.read().is_empty());
    view! {
        <Section title=tr("Instance")>
            <div class="launch__names">
                <Field label=tr("Name") hint=hint error=fields.error(Part::Name) id=Part::Name.anchor()>
                    <Input value=fields.name />
                </Field>
                <Field label=tr("How many") hint=room error=fields.error_at_once(Part::Count) id=Part::Count.anchor()>
                    <Input value=fields.count inputmode="numeric" short=true />
                </Field>
                <Show when=move || choose_zone.get()>
                    <Field label=tr("Availability zone") warning=warning error=fields.error_at_once(Part::Zone) id=Part::Zone.anchor()>
                        <Select value=fields.zone options=options />
                    </Field>
                </Show>
            </div>
        </Section>
    }
}
