//! Sign in: by password, application credential, or a `clouds.yaml`/openrc file; then, when the cloud
//! asks for it, the one-time code; then the project, when there are several.

mod attempt;
mod credentials_file;
mod form;
mod steps;

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use self::attempt::{Attempt, Outcome};
use self::credentials_file::FilePanel;
use self::form::{Entered, Way};
use self::steps::{PasscodeStep, ProjectStep};
use crate::components::{Brand, CheckLink, FirstPage, LanguageButtons};
use crate::config::{CloudConfig, Config};
use crate::routes;
use crate::session::Account;
use crate::text::errors::Words;
use crate::text::{tr, tr_with};
use crate::ui::{
    Button, ButtonKind, Choice, Field, Fold, Input, Note, Select, TabPanel, Tabs, Tone,
};

/// Where the sign-in is.
#[derive(Clone)]
enum Step {
    Credentials,
    Passcode(attempt::Halfway),
    Project(attempt::Choosing),
}

/// Why the last attempt failed, and at which field to say so.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Problem {
    words: Words,
    /// The credentials were refused: it belongs to the secret's field.
    refused: bool,
    /// The cloud gave no answer: this one may be worth checking, by its id.
    check: Option<String>,
}

/// The page.
#[component]
pub fn LoginPage() -> impl IntoView {
    let account = expect_context::<Account>();
    expect_context::<FirstPage>().passed();
    let config = account.config();
    crate::title::name_page(&tr_with("Sign in · {product}", &[("product", &config.product_name)]));
    let query = use_query_map();
    let navigate = use_navigate();
    // Also for whoever comes here signed in: by the back button, or after choosing the project.
    Effect::new(move || {
        if account.current().read().is_some() {
            let next = query.with_untracked(|query| query.get(routes::NEXT));
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate(&routes::after_login(next.as_deref()), options);
        }
    });

    let step = RwSignal::new(Step::Credentials);
    let problem = RwSignal::new(None::<Problem>);
    let action = Action::new_local(move |attempt: &Attempt| {
        let attempt = attempt.clone();
        problem.set(None);
        async move {
            let cloud = attempt.cloud_id().to_owned();
            match attempt.make().await {
                Ok(Outcome::Entered(signed_in)) => account.enter(*signed_in),
                Ok(Outcome::Halfway(halfway)) => step.set(Step::Passcode(halfway)),
                Ok(Outcome::Choosing(choosing)) => step.set(Step::Project(choosing)),
                Err(failed) => problem.set(Some(Problem {
                    words: failed.words,
                    refused: failed.refused,
                    check: failed.unanswered.then_some(cloud),
                })),
            }
        }
    });
    let heading = tr_with("Sign in to {product}", &[("product", &config.product_name)]);
    view! {
        <main class="gate" id="main">
            <h1 class="gate__brand"><Brand /><span>{heading}</span></h1>
            {
                let config = config.clone();
                move || match step.get() {
                    Step::Credentials => view! {
                        <Credentials config=config.clone() action=action problem=problem />
                    }.into_any(),
                    Step::Passcode(halfway) => view! {
                        <PasscodeStep halfway=halfway action=action problem=problem on_back=move |()| { problem.set(None); step.set(Step::Credentials) } />
                    }.into_any(),
                    Step::Project(choosing) => view! {
                        <ProjectStep choosing=choosing action=action problem=problem on_back=move |()| { problem.set(None); step.set(Step::Credentials) } />
                    }.into_any(),
                }
            }
            <LanguageButtons />
        </main>
    }
}

/// A problem that belongs to no field.
#[component]
fn Summary(
    /// The problem.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let element: NodeRef<html::Div> = NodeRef::new();
    Effect::new(move || {
        if problem.read().is_some()
            && let Some(element) = element.get()
        {
            drop(element.focus());
        }
    });
    view! {
        <Show when=move || problem.read().is_some()>
            <div tabindex="-1" node_ref=element>
                {move || problem.get().map(|problem| {
                    let (title, text) = (problem.words.title.clone(), problem.words.text_with_request());
                    match problem.check {
                        None => view! { <Note tone=Tone::Danger title=title text=text /> }.into_any(),
                        Some(cloud) => view! {
                            <Note tone=Tone::Danger title=title text=text><CheckLink cloud=cloud /></Note>
                        }.into_any(),
                    }
                })}
            </div>
        </Show>
    }
}

#[component]
fn Credentials(
    /// The clouds.
    config: Arc<Config>,
    /// Signs in.
    action: Action<Attempt, ()>,
    /// What went wrong with it.
    problem: RwSignal<Option<Problem>>,
) -> impl IntoView {
    let way = RwSignal::new(Way::Password.key());
    let entered = Entered::new(&config);
    let missing = RwSignal::new(form::Missing::default());
    // A refusal belongs to the way that was tried.
    let tried = RwSignal::new(Way::Password.key());
    let refused = Signal::derive(move || {
        let here = tried.get() == way.get();
        problem
            .get()
            .filter(|problem| here && problem.refused)
            .map(|problem| problem.words.paragraph())
    });
    let elsewhere = Signal::derive(move || problem.get().filter(|problem| !problem.refused));
    let secret_error = move |own: fn(&form::Missing) -> bool, words: &'static str| {
        Signal::derive(
            move || if missing.with(own) { Some(words.to_owned()) } else { refused.get() },
        )
    };
    let password = NodeRef::<html::Input>::new();
    let secret = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if refused.read().is_none() {
            return;
        }
        let field = if way.get_untracked() == Way::Password.key() { password } else { secret };
        if let Some(field) = field.get_untracked() {
            drop(field.focus());
            field.select();
        }
    });
    let clouds = StoredValue::new(config.clouds.clone());
    let over = RwSignal::new(false);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if action.pending().get_untracked() {
            return;
        }
        problem.set(None);
        tried.set(way.get_untracked());
        let cloud = clouds.with_value(|clouds| chosen(clouds, &entered.cloud.get_untracked()));
        let Some(cloud) = cloud else { return };
        match entered.check(Way::of(way.get_untracked()), cloud) {
            Ok(attempt) => {
                missing.set(form::Missing::default());
                action.dispatch(attempt);
            }
            Err(found) => {
                missing.set(found);
                focus_first_invalid();
            }
        }
    };
    let several = config.clouds.len() > 1;
    let options: Vec<Choice> =
        config.clouds.iter().map(|cloud| Choice::new(&cloud.id, cloud_label(cloud))).collect();
    let tabs = [Way::Password, Way::ApplicationCredential, Way::File]
        .map(|way| (way.key(), way.word()))
        .to_vec();
    view! {
        <form class="gate__form" novalidate on:submit=submit
            data-over=move || over.get().then_some("true")
            on:dragover=move |event| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=move |event| {
                event.prevent_default();
                over.set(false);
                way.set(Way::File.key());
                entered.file.take_dropped(&event);
            }
        >
            <Tabs label=tr("Way to sign in") tabs=tabs selected=way />
            <Summary problem=elsewhere />
            {several.then(|| view! {
                <div hidden=move || way.get() == Way::File.key()>
                    <Field label=tr("Cloud")><Select value=entered.cloud options=options /></Field>
                </div>
            })}
            <TabPanel key=Way::Password.key() selected=way>
                <Field label=tr("User") error=Signal::derive(move || missing.with(|missing| missing.user).then(|| tr("Say who you are.").to_owned()))>
                    <Input value=entered.user autocomplete="username" />
                </Field>
                <Field label=tr("Password") error=secret_error(|missing| missing.password, tr("Type your password."))>
                    <Input value=entered.password kind="password" autocomplete="current-password" node_ref=password />
                </Field>
                <Fold title=tr("Domain").to_owned() note=Signal::derive(move || Some(entered.domain.get()))>
                    <Field label=tr("Domain") hint=tr("Where your user lives. Most clouds have one.").to_owned()
                        error=Signal::derive(move || missing.with(|missing| missing.domain).then(|| tr("Name the domain; the usual one is Default.").to_owned()))>
                        <Input value=entered.domain />
                    </Field>
                </Fold>
            </TabPanel>
            <TabPanel key=Way::ApplicationCredential.key() selected=way>
                <Field label=tr("Id") hint=tr("Made with `openstack application credential create`. It is bound to one project.").to_owned()
                    error=Signal::derive(move || missing.with(|missing| missing.credential_id).then(|| tr("Paste the credential’s id.").to_owned()))>
                    <Input value=entered.credential_id mono=true />
                </Field>
                <Field label=tr("Secret") error=secret_error(|missing| missing.credential_secret, tr("Paste the secret."))>
                    <Input value=entered.credential_secret kind="password" mono=true node_ref=secret />
                </Field>
            </TabPanel>
            <TabPanel key=Way::File.key() selected=way>
                <FilePanel file=entered.file clouds=config.clouds.clone() missing=missing refused=refused />
            </TabPanel>
            <Button kind=ButtonKind::Primary wide=true submit=true busy=action.pending()>
                {move || if action.pending().get() { tr("Signing in") } else { tr("Sign in") }}
            </Button>
        </form>
        <div class="gate__foot">
            <p>{tr("What you type goes to the cloud’s own sign-in service and nowhere else. The token lives in this tab and ends with it.")}</p>
        </div>
    }
}

fn chosen(clouds: &[CloudConfig], id: &str) -> Option<CloudConfig> {
    clouds.iter().find(|cloud| cloud.id == id).cloned()
}

fn cloud_label(cloud: &CloudConfig) -> String {
    match &cloud.region {
        Some(region) => format!("{} · {region}", cloud.name),
        None => cloud.name.clone(),
    }
}

/// After the messages are drawn: to the first field that needs something.
fn focus_first_invalid() {
    request_animation_frame(|| {
        use leptos::wasm_bindgen::JsCast;
        let found = document()
            .query_selector(".gate__form [role=tabpanel]:not([hidden]) [aria-invalid=true]");
        if let Ok(Some(field)) = found
            && let Some(field) = field.dyn_ref::<web_sys::HtmlElement>()
        {
            drop(field.focus());
        }
    });
}
