//! Restarting a server: which way, and what each means.

use leptos::prelude::*;
use openstack::compute::Reboot;

use super::deeds::{Asked, Chosen, Deeds, Refusal};
use super::state::Deed;
use crate::text::{tr, tr_with};
use crate::ui::{Button, ButtonKind, ChoiceCard, Dialog, unique_id};

/// Asks how. A system that does not run cannot be asked: then only the hard way is left.
#[component]
pub(super) fn RebootDialog(
    /// The page's deeds.
    deeds: Deeds,
    /// For which server.
    asked: Asked,
) -> impl IntoView {
    let server = asked.server.clone();
    let no_soft = Deed::reason_against_asking(&server).map(str::to_owned);
    let hard = RwSignal::new(no_soft.is_some());
    let name = unique_id("reboot");
    let busy = Signal::derive({
        let id = server.id.clone();
        move || deeds.is_busy(&id)
    });
    let perform = move |_| {
        let how = if hard.get_untracked() { Reboot::Hard } else { Reboot::Soft };
        deeds.perform(asked.clone(), Chosen::Reboot(how));
    };
    let perform = StoredValue::new(perform);
    let (name, no_soft) = (StoredValue::new(name), StoredValue::new(no_soft));
    view! {
        <Dialog open=deeds.open title=tr_with("Reboot {name}?", &[("name", &server.name)])>
            <div class="dialog__body">
                <fieldset class="fieldset">
                    <legend class="fieldset__legend">{tr("How")}</legend>
                    <div class="choices">
                        <ChoiceCard
                            name=name.get_value()
                            title=tr("Ask its system (soft)")
                            text=Some(tr("The system shuts down its programs and restarts, as by its own command. One that hangs does not listen; then after a minute or two the cloud does it the hard way.").to_owned())
                            checked=Signal::derive(move || !hard.get())
                            on_choose=move |()| hard.set(false)
                            why_not=Signal::stored(no_soft.get_value())
                        />
                        <ChoiceCard
                            name=name.get_value()
                            title=tr("Switch it off and on (hard)")
                            text=Some(tr("At once, as by pulling the plug. What is not yet written to its disk is lost. It helps where nothing else does.").to_owned())
                            checked=hard
                            on_choose=move |()| hard.set(true)
                        />
                    </div>
                </fieldset>
                <p class="small muted">{tr("Disks, addresses and volumes stay; connections to it break.")}</p>
                <Refusal deeds=deeds />
            </div>
            <div class="dialog__foot">
                <Button on_press=move |_| deeds.open.set(false)>{tr("Cancel")}</Button>
                <Button kind=ButtonKind::Primary busy=busy on_press=move |event| perform.with_value(|perform| perform(event))>
                    {tr("Reboot instance")}
                </Button>
            </div>
        </Dialog>
    }
}
