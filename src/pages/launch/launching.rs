//! Asking the cloud for what is filled in, and where that leads.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use openstack::compute::{CreateServer, CreatedServer};
use openstack::identity::Secret;
use openstack::{ApiError, ServerId};

use super::fields::Fields;
use super::places::go_to;
use super::summary::what_is_kept;
use super::{keep, link};
use crate::cloud::use_cloud;
use crate::components::server::{PasswordOf, forget_password, keep_password};
use crate::routes;
use crate::text::{errors, tr, tr_with};
use crate::ui::{Button, ButtonKind, Copyable, Dialog, Note, Toast, Toasts, Tone};

/// An instance that was started, with a password that nobody has seen yet.
#[derive(Clone, PartialEq)]
pub struct Started {
    id: ServerId,
    name: String,
    href: String,
    password: Secret,
}

/// The launch of a form.
#[derive(Clone, Copy)]
pub struct Launching {
    /// It is asked for.
    pub busy: RwSignal<bool>,
    /// The button was pressed before all was known that the form names.
    pub waits: RwSignal<bool>,
    /// What is to be shown before going on.
    started: RwSignal<Option<Started>>,
    /// Whether it is shown.
    telling: RwSignal<bool>,
    run: Callback<CreateServer>,
}

impl Launching {
    /// Whether it was asked for, here or of the cloud.
    pub fn is_under_way(self) -> bool {
        self.waits.get() || self.busy.get()
    }

    /// Asks for it.
    pub fn run(self, server: CreateServer) {
        self.run.run(server);
    }
}

/// Asks the cloud, and goes to the instance. Whoever has left the page meanwhile is told by a message instead.
pub fn use_launch(fields: Fields, image: String) -> Launching {
    let cloud = use_cloud();
    let toasts = expect_context::<Toasts>();
    let navigate = use_navigate();
    let (busy, waits) = (RwSignal::new(false), RwSignal::new(false));
    let (started, telling) = (RwSignal::new(None), RwSignal::new(false));
    let owner = keep::owner(&cloud);
    let run = Callback::new(move |server: CreateServer| {
        let (cloud, navigate) = (cloud.clone(), navigate.clone());
        let (image, owner) = (image.clone(), owner.clone());
        // What was asked for, also when the page is gone by the time that it is there.
        let whole = link::whole(&untrack(|| fields.draft()));
        let windows = untrack(|| fields.is_windows());
        busy.set(true);
        spawn_local(async move {
            let answer: Result<CreatedServer, ApiError> = cloud.launch(&server).await;
            let still_here = busy.try_set(false).is_none();
            match answer {
                Ok(created) => {
                    keep::forget(&image);
                    keep::remember(created.id.as_str(), &image, &owner, &whole);
                    let href = href(&server, &created);
                    // Windows has no other way in; the cloud tells this one once, and only here.
                    let made = created.admin_password.filter(|_| {
                        windows && server.admin_password.is_none() && server.count == 1
                    });
                    if let Some(password) = &made {
                        // Its page shows it to whoever leaves this one without having noted it.
                        keep_password(&cloud, &created.id, PasswordOf::Server, password.clone());
                    }
                    match (still_here, made) {
                        (true, Some(password)) => {
                            let (id, name) = (created.id, server.name);
                            started.set(Some(Started { id, name, href, password }));
                            telling.set(true);
                        }
                        (true, None) => navigate(&href, Default::default()),
                        (false, _) => toasts.show(
                            Toast::ok(tr_with(
                                "{name} is being started",
                                &[("name", &server.name)],
                            ))
                            .with_link(href, tr("Show it")),
                        ),
                    }
                }
                Err(error) if still_here => {
                    if let Some(part) = fields.refuse(error) {
                        // After the words have been drawn at its field.
                        request_animation_frame(move || go_to(part));
                    }
                }
                Err(error) => {
                    let words = errors::api(&error, Some(what_is_kept(&error)));
                    toasts.show(Toast::danger(words.title.clone(), words.text_with_request()));
                }
            }
        });
    });
    Launching { busy, waits, started, telling, run }
}

/// The instance, or the list of all of them.
fn href(server: &CreateServer, created: &CreatedServer) -> String {
    if server.count > 1 {
        return routes::with_query(routes::INSTANCES, &[("q", Some(&server.name))]);
    }
    routes::instance(created.id.as_str())
}

/// The password that the cloud has made, before it is gone.
#[component]
pub fn PasswordDialog(
    /// The launch.
    launching: Launching,
) -> impl IntoView {
    let cloud = use_cloud();
    let started = launching.started;
    let navigate = use_navigate();
    let title = Signal::derive(move || match &*started.read() {
        Some(started) => tr_with("{name} is being started", &[("name", &started.name)]),
        None => String::new(),
    });
    let go = Callback::new(move |()| {
        if let Some(started) = started.get_untracked() {
            forget_password(&cloud, &started.id, PasswordOf::Server);
            navigate(&started.href, Default::default());
        }
    });
    view! {
        <Dialog open=launching.telling title=title insists=true>
            {move || started.get().map(|started| view! {
                <div class="dialog__body">
                    <Note
                        tone=Tone::Warn
                        title=tr("This password is shown once")
                        text=tr("The cloud made it for the administrator and does not keep it; nor does this console.").to_owned()
                    />
                    <Copyable text=started.password.reveal().to_owned() what=tr("password") />
                </div>
                <div class="dialog__foot">
                    <Button kind=ButtonKind::Primary on_press=move |_| go.run(())>{tr("I have it")}</Button>
                </div>
            })}
        </Dialog>
    }
}
