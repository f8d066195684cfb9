//! The properties panel: by what they mean, or as the API names them.

use leptos::prelude::*;
use openstack::image::Image;

use super::origin::OriginLink;
use super::properties::{Group, Value, Viewer, as_text, as_the_api_names_them, groups, others};
use super::tags::Tags;
use crate::clock;
use crate::cloud::use_cloud;
use crate::components::image::{ImageActions, property_meaning, why_not_change};
use crate::text::{format, tr};
use crate::ui::{CopyButton, Copyable, Fact, Fold, Panel, marked};

/// The panel.
#[component]
pub fn PropertiesPanel(
    /// The image.
    #[prop(into)]
    image: Signal<Image>,
    /// What can be done with it.
    actions: ImageActions,
) -> impl IntoView {
    let by_api = RwSignal::new(false);
    let toggle = move || {
        view! {
            <button class="link" type="button" on:click=move |_| by_api.update(|by_api| *by_api = !*by_api)>
                {move || if by_api.get() { tr("Show in words") } else { tr("Show as the API names them") }}
            </button>
        }
    };
    view! {
        <Panel title=tr("Properties") note=toggle>
            <Show
                when=move || by_api.get()
                fallback=move || view! { <InWords image=image actions=actions /> }
            >
                <p class="row">
                    <span class="muted">{tr("Everything the cloud says of it.")}</span>
                    <CopyButton text=Signal::derive(move || image.with(as_text)) what=tr("all of it") worded=true />
                </p>
                <dl class="facts facts--plain facts--api">
                    {move || image.with(as_the_api_names_them).into_iter().map(|(key, value)| view! {
                        <div class="facts__row">
                            <dt class="facts__term"><code>{key.clone()}</code></dt>
                            <dd class="facts__value">
                                {match value {
                                    Some(value) => view! { <Copyable text=value what=key /> }.into_any(),
                                    None => view! { <span class="faint">"null"</span> }.into_any(),
                                }}
                            </dd>
                        </div>
                    }).collect_view()}
                </dl>
            </Show>
        </Panel>
    }
}

#[component]
fn InWords(image: Signal<Image>, actions: ImageActions) -> impl IntoView {
    let cloud = use_cloud();
    let project = cloud.project().clone();
    let read_only = cloud.why_read_only();
    let all = Memo::new(move |_| {
        image.with(|image| {
            let own = image.owner.as_ref() == Some(&project.id);
            let viewer = Viewer { own, project: &project.name };
            (groups(image, viewer), why_not_change(own, read_only.as_deref()).is_none())
        })
    });
    let titles = Memo::new(move |_| {
        all.with(|(groups, _)| groups.iter().map(|group| group.title).collect::<Vec<_>>())
    });
    let rest = Memo::new(move |_| image.with(others));
    view! {
        <div class="groups">
            <For each=move || titles.get() key=|title| *title let(title)>
                <section class="stack stack--tight">
                    <h3>{title}</h3>
                    <dl class="facts facts--plain">{facts_of(title, all, image, actions)}</dl>
                </section>
            </For>
        </div>
        <Show when=move || !rest.read().is_empty()>
            <Fold
                title=tr("More properties")
                note=Signal::derive(move || Some(rest.read().len().to_string()))
            >
                <dl class="facts facts--plain facts--api">
                    {move || rest.get().into_iter().map(|(key, value)| view! {
                        <div class="facts__row">
                            <dt class="facts__term"><code>{key.clone()}</code></dt>
                            <dd class="facts__value">
                                {property_meaning(&key).map(|words| view! { <span class="facts__meaning">{marked(words)}</span> })}
                                <Copyable text=value what=key />
                            </dd>
                        </div>
                    }).collect_view()}
                </dl>
            </Fold>
        </Show>
    }
}

/// The facts of a group. Each is drawn anew only when it has changed itself: the focus may be in it.
fn facts_of(
    title: &'static str,
    all: Memo<(Vec<Group>, bool)>,
    image: Signal<Image>,
    actions: ImageActions,
) -> AnyView {
    let terms = Memo::new(move |_| {
        all.with(|(groups, _)| {
            let group = groups.iter().find(|group| group.title == title);
            let facts = group.map(|group| group.facts.as_slice()).unwrap_or_default();
            facts.iter().map(|(term, _)| *term).collect::<Vec<_>>()
        })
    });
    let fact = move |term: &'static str| {
        let value = Memo::new(move |_| {
            all.with(|(groups, changeable)| {
                let group = groups.iter().find(|group| group.title == title)?;
                let (_, value) = group.facts.iter().find(|(own, _)| *own == term)?;
                let value = match value {
                    // Its words follow the image by themselves, so that the button that was pressed stays.
                    Value::Protected(_) => Value::Protected(true),
                    other => other.clone(),
                };
                Some((value, *changeable))
            })
        });
        view! {
            <Fact term=term>
                {move || value.get().map(|(value, changeable)| value_view(value, image, actions, changeable))}
            </Fact>
        }
    };
    view! { <For each=move || terms.get() key=|term| *term children=fact /> }.into_any()
}

fn value_view(
    value: Value,
    image: Signal<Image>,
    actions: ImageActions,
    changeable: bool,
) -> AnyView {
    match value {
        Value::Text(text) => text.into_any(),
        Value::Code(text) => view! { <span class="mono">{text}</span> }.into_any(),
        Value::Missing(words) => view! { <span class="muted">{words}</span> }.into_any(),
        Value::Tags => {
            view! { <Tags image=image actions=actions changeable=changeable /> }.into_any()
        }
        Value::Moment(then) => {
            let offset = clock::offset_at(then);
            view! {
                <time datetime=then.to_string() title=format::moment(then, offset)>
                    {format::ago(then, clock::now(), offset)} ", " {format::time_of_day(then, offset)}
                </time>
            }
            .into_any()
        }
        Value::Instance(server) => view! { <OriginLink id=server /> }.into_any(),
        Value::Protected(_) => {
            let protected = Memo::new(move |_| image.with(|image| image.protected));
            let verb = move || if protected.get() { tr("Unprotect") } else { tr("Protect") };
            let words =
                move || if protected.get() { tr("Yes: it cannot be deleted.") } else { tr("No.") };
            let press =
                move |_| image.with_untracked(|image| actions.protect(image, !image.protected));
            let busy = move || image.with(|image| actions.is_changing(&image.id));
            view! {
                {words}
                " "
                {changeable.then(|| view! {
                    <button class="link" type="button" on:click=press aria-busy=move || busy().then_some("true")>{verb}</button>
                })}
            }
            .into_any()
        }
    }
}
