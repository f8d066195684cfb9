//! Doing something to a server: one dialog and one piece of state for a whole page, used by rows and by details.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::compute::{Reboot, Server};
use openstack::{ApiError, ServerId};

use super::state::Deed;
use crate::cloud::{Cloud, use_cloud};
use crate::components::ErrorNote;
use crate::text::{errors, tr, tr_with};
use crate::ui::{Button, ButtonKind, ConfirmDialog, Glyph, MenuItem, Toast, Toasts};

/// What is asked of the cloud, and for which server.
#[derive(Clone)]
struct Asked {
    deed: Deed,
    server: Arc<Server>,
}

/// The deeds of a page. Made by [`use_deeds`]; cheap to copy.
#[derive(Clone, Copy)]
pub struct Deeds {
    cloud: StoredValue<Cloud>,
    toasts: Toasts,
    asked: RwSignal<Option<Asked>>,
    open: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
    under_way: RwSignal<Vec<ServerId>>,
    on_done: Callback<(Deed, ServerId)>,
}

/// The deeds of this page. `on_done` is called after each that the cloud accepted: show it and look again.
pub fn use_deeds(on_done: impl Fn(Deed, ServerId) + Send + Sync + 'static) -> Deeds {
    Deeds {
        cloud: StoredValue::new(use_cloud()),
        toasts: expect_context::<Toasts>(),
        asked: RwSignal::new(None),
        open: RwSignal::new(false),
        failure: RwSignal::new(None),
        under_way: RwSignal::new(Vec::new()),
        on_done: Callback::new(move |(deed, id)| on_done(deed, id)),
    }
}

impl Deeds {
    /// Asks first where something is broken off or lost; starting loses nothing.
    fn press(self, deed: Deed, server: Server) {
        self.failure.set(None);
        let asked = Asked { deed, server: Arc::new(server) };
        if deed == Deed::Start {
            self.perform(asked);
        } else {
            self.asked.set(Some(asked));
            self.open.set(true);
        }
    }

    /// Why this user cannot do it now.
    fn reason_against(self, deed: Deed, server: &Server) -> Option<String> {
        self.cloud
            .with_value(Cloud::why_read_only)
            .or_else(|| deed.reason_against(server).map(str::to_owned))
    }

    fn perform(self, asked: Asked) {
        let Asked { deed, server } = asked;
        let id = server.id.clone();
        self.under_way.update(|under_way| under_way.push(id.clone()));
        let cloud = self.cloud.get_value();
        spawn_local(async move {
            let answer = ask(&cloud, deed, &id).await;
            // The page may have gone meanwhile; then there is nothing left to show it on but a toast.
            self.under_way.try_update(|under_way| under_way.retain(|other| *other != id));
            match answer {
                Ok(()) => {
                    self.open.try_set(false);
                    self.toasts.show(Toast::ok(done_words(deed, &server.name)));
                    self.on_done.try_run((deed, id));
                }
                Err(error) if deed == Deed::Start => {
                    let words = errors::api(&error, None);
                    self.toasts.show(Toast::danger(words.title.clone(), words.text_with_request()));
                }
                Err(error) => {
                    self.failure.try_set(Some(error));
                }
            }
        });
    }

    fn busy(self, id: &ServerId) -> bool {
        self.under_way.read().contains(id)
    }
}

async fn ask(cloud: &Cloud, deed: Deed, id: &ServerId) -> Result<(), ApiError> {
    match deed {
        Deed::Start => cloud.start_server(id).await,
        Deed::Stop => cloud.stop_server(id).await,
        Deed::Reboot => cloud.reboot_server(id, Reboot::Soft).await,
        Deed::HardReboot => cloud.reboot_server(id, Reboot::Hard).await,
        Deed::Delete => cloud.delete_server(id).await,
    }
}

fn done_words(deed: Deed, name: &str) -> String {
    match deed {
        Deed::Start => tr_with("{name} is starting", &[("name", &name)]),
        Deed::Stop => tr_with("{name} is stopping", &[("name", &name)]),
        Deed::Reboot | Deed::HardReboot => tr_with("{name} is rebooting", &[("name", &name)]),
        Deed::Delete => tr_with("{name} is being deleted", &[("name", &name)]),
    }
}

/// What follows from a deed, as sentences.
fn consequences(deed: Deed, server: &Server) -> Vec<String> {
    match deed {
        Deed::Start => Vec::new(),
        Deed::Stop => vec![
            tr("Its operating system is shut down and it is switched off. Disks and addresses are kept.").to_owned(),
            tr("A stopped instance still counts in your quota.").to_owned(),
        ],
        Deed::Reboot => vec![tr("Its operating system is asked to restart. Connections to it break.").to_owned()],
        Deed::HardReboot => vec![
            tr("It is switched off and on again at once, as by pulling the plug. What is not yet written to its disk is lost.")
                .to_owned(),
        ],
        Deed::Delete => {
            let mut all = vec![tr("This cannot be undone.").to_owned()];
            all.extend(fate_of_volumes(server));
            all
        }
    }
}

fn fate_of_volumes(server: &Server) -> Vec<String> {
    let going = server.volumes.iter().filter(|volume| volume.delete_on_termination).count();
    let staying = server.volumes.len() - going;
    let mut all = Vec::new();
    // Without an image it was to boot from a volume, and may have none yet.
    if server.image_id.is_some() {
        all.push(tr("Its local disk goes with it.").to_owned());
    }
    match going {
        0 => {}
        1 => all.push(tr("Its volume goes with it, as was chosen at its launch.").to_owned()),
        n => all.push(tr_with(
            "{n} volumes go with it, as was chosen when they were attached.",
            &[("n", &n)],
        )),
    }
    match staying {
        0 => {}
        1 => all.push(tr("Its volume stays, and is paid for until you delete it.").to_owned()),
        n => all.push(tr_with(
            "{n} volumes stay, and are paid for until you delete them.",
            &[("n", &n)],
        )),
    }
    all
}

/// The dialog that asks. Once on a page.
#[component]
pub fn DeedDialog(
    /// The page's deeds.
    deeds: Deeds,
) -> impl IntoView {
    let open = deeds.open;
    move || {
        deeds.asked.get().map(|asked| {
            let Asked { deed, server } = asked.clone();
            let id = server.id.clone();
            let busy = Signal::derive(move || deeds.busy(&id));
            let title = format!("{} {}?", deed.verb(), server.name);
            let confirm = tr_with("{verb} instance", &[("verb", &deed.verb())]);
            view! {
                <ConfirmDialog
                    open=open
                    title=title
                    confirm=confirm
                    danger=deed == Deed::Delete
                    busy=busy
                    on_confirm=move |()| deeds.perform(asked.clone())
                >
                    {consequences(deed, &server).into_iter().map(|words| view! { <p>{words}</p> }).collect_view()}
                    <Show when=move || deeds.failure.read().is_some()>
                        {move || deeds.failure.get().map(|error| view! {
                            <ErrorNote error=Signal::stored(error) kept=tr("The instance is as it was.") />
                        })}
                    </Show>
                </ConfirmDialog>
            }
        })
    }
}

/// A deed in a menu; it stays there with the reason when it cannot be done.
#[component]
pub fn DeedItem(
    /// The page's deeds.
    deeds: Deeds,
    /// Which.
    deed: Deed,
    /// To which server.
    #[prop(into)]
    server: Signal<Server>,
) -> impl IntoView {
    let why_not = Signal::derive(move || server.with(|server| deeds.reason_against(deed, server)));
    view! {
        <MenuItem
            icon=glyph(deed)
            danger=deed == Deed::Delete
            why_not=why_not
            on_press=move |()| deeds.press(deed, server.get_untracked())
        >
            {deed.verb()}
        </MenuItem>
    }
}

/// A deed as a button of its own.
#[component]
pub fn DeedButton(
    /// The page's deeds.
    deeds: Deeds,
    /// Which.
    deed: Deed,
    /// To which server.
    #[prop(into)]
    server: Signal<Server>,
    /// The small, quiet one of a row.
    #[prop(optional)]
    in_row: bool,
) -> impl IntoView {
    let busy = Signal::derive(move || server.with(|server| deeds.busy(&server.id)));
    let why_not = Signal::derive(move || server.with(|server| deeds.reason_against(deed, server)));
    let press = move |_| deeds.press(deed, server.get_untracked());
    if in_row {
        return view! {
            <Button kind=ButtonKind::Quiet small=true busy=busy why_not=why_not on_press=press>{deed.verb()}</Button>
        }
        .into_any();
    }
    let kind = if deed == Deed::Delete { ButtonKind::Danger } else { ButtonKind::Plain };
    view! { <Button kind=kind icon=glyph(deed) busy=busy why_not=why_not on_press=press>{deed.verb()}</Button> }.into_any()
}

const fn glyph(deed: Deed) -> Glyph {
    match deed {
        Deed::Start => Glyph::Play,
        Deed::Stop => Glyph::Stop,
        Deed::Reboot => Glyph::Retry,
        Deed::HardReboot => Glyph::Power,
        Deed::Delete => Glyph::Trash,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(volumes: serde_json::Value, image: serde_json::Value, expected: &[&str]) {
        let server: Server = serde_json::from_value(json!({
            "id": "s", "status": "ACTIVE", "image": image, "os-extended-volumes:volumes_attached": volumes,
        }))
        .expect("a server");
        assert_eq!(consequences(Deed::Delete, &server), expected);
    }

    #[test]
    fn deleting_says_what_goes_and_what_stays() {
        let image = || json!({"id": "i"});
        check(json!([]), image(), &["This cannot be undone.", "Its local disk goes with it."]);
        check(json!([]), json!(""), &["This cannot be undone."]);
        check(
            json!([{"id": "v", "delete_on_termination": true}]),
            json!(""),
            &["This cannot be undone.", "Its volume goes with it, as was chosen at its launch."],
        );
        check(
            json!([{"id": "v"}, {"id": "w"}]),
            json!(""),
            &["This cannot be undone.", "2 volumes stay, and are paid for until you delete them."],
        );
    }
}
