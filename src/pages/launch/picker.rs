//! Which image to launch from, when the address names none.

use leptos::prelude::*;
use openstack::image::Image;
use openstack::poll::Motion;
use openstack::{Listing, ProjectId};

use crate::cloud::use_cloud;
use crate::components::OsMark;
use crate::components::image::{display_name, needs, system_name, visibility_word};
use crate::components::{ErrorNote, Page, Stale};
use crate::live::use_live;
use crate::remote::Phase;
use crate::routes;
use crate::text::{format, tr, tr_with};
use crate::ui::{ButtonLink, Empty, Entry, Glyph, Icon, SkeletonRows};

/// So many are shown; who wants another one searches.
const MOST: usize = 50;

/// The page.
#[component]
pub fn Picker() -> impl IntoView {
    let cloud = use_cloud();
    let project = cloud.project().id.clone();
    let images = use_live(
        Signal::stored(()),
        move |()| {
            let cloud = cloud.clone();
            async move { cloud.launchable_images().await }
        },
        |_| Motion::Still,
    );
    let search = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        images
            .remote()
            .with(|remote| remote.value().map(|listing| choose(listing, &search.read(), &project)))
    });
    let phase = Memo::new(move |_| images.remote().with(|remote| remote.phase()));
    let error = Memo::new(move |_| images.remote().with(|remote| remote.error.clone()));
    let searched = move || !search.read().trim().is_empty();
    view! {
        <Page
            title=tr("Launch an instance")
            crumbs=vec![(tr("Instances").to_owned(), routes::INSTANCES.to_owned())]
            subtitle=|| tr("Choose the image it boots from.")
        >
            <div class="facets" role="search">
                <span class="control control--lead facets__search">
                    <Icon glyph=Glyph::Search small=true />
                    <input
                        class="input"
                        type="search"
                        placeholder=tr("Name, system, id or tag")
                        aria-label=tr("Search images")
                        autocomplete="off"
                        spellcheck="false"
                        prop:value=search
                        on:input:target=move |event| search.set(event.target().value())
                    />
                </span>
                <span class="facets__end" role="status">
                    {move || found.with(|found| found.as_ref().map(|found| format::count(found.matching, "image", "images")))}
                </span>
            </div>
            <Stale remote=images.remote() on_retry=move |()| images.refresh() />
            {move || match phase.get() {
                Phase::Loading => view! {
                    <div class="table-box">
                        <table class="table" role="presentation"><tbody><SkeletonRows rows=6 columns=4 /></tbody></table>
                    </div>
                }.into_any(),
                Phase::Failed => error.get().map(|error| view! {
                    <ErrorNote error=Signal::stored(error) on_retry=move |()| images.refresh() />
                }).into_any(),
                Phase::Ready => view! {
                    {move || found.get().map(|found| match found.images.is_empty() {
                        false => view! { <Images found=found /> }.into_any(),
                        true if searched() => view! {
                            <Empty title=tr("Nothing matches") text=tr("Names, systems, ids and tags are searched.").to_owned() />
                        }.into_any(),
                        true => view! {
                            <Empty
                                title=tr("No image that could be launched")
                                text=tr("An image has to be active. Upload one of your own, or see what the others are waiting for.").to_owned()
                            >
                                <ButtonLink href=routes::CREATE_IMAGE icon=Glyph::Plus>{tr("Create image")}</ButtonLink>
                                <ButtonLink href=routes::IMAGES>{tr("Look at the images")}</ButtonLink>
                            </Empty>
                        }.into_any(),
                    })}
                }.into_any(),
            }}
        </Page>
    }
}

/// What a search finds.
#[derive(Clone, Debug, PartialEq)]
struct Found {
    /// The first of them: the project's own newest first, then the others by name.
    images: Vec<Image>,
    /// How many there are.
    matching: usize,
    /// The project, to tell own images from others'.
    project: ProjectId,
}

fn choose(listing: &Listing<Image>, search: &str, project: &ProjectId) -> Found {
    let search = search.to_lowercase();
    let words: Vec<&str> = search.split_whitespace().collect();
    let own = |image: &Image| image.owner.as_ref() == Some(project);
    let mut found: Vec<&Image> = listing
        .items
        .iter()
        .filter(|image| {
            let system = system_name(image).unwrap_or_default();
            let name = display_name(image);
            let parts = [name.as_str(), image.id.as_str(), system.as_str()];
            let text =
                parts.into_iter().chain(image.tags.iter().map(String::as_str)).collect::<Vec<_>>();
            let text = text.join("\n").to_lowercase();
            words.iter().all(|word| text.contains(word))
        })
        .collect();
    found.sort_by(|a, b| match (own(a), own(b)) {
        (true, true) => b.created_at.cmp(&a.created_at),
        (false, false) => display_name(a).to_lowercase().cmp(&display_name(b).to_lowercase()),
        (mine, _) => {
            if mine {
                std::cmp::Ordering::Less
            } else {
                std::cmp::Ordering::Greater
            }
        }
    });
    let matching = found.len();
    Found {
        images: found.into_iter().take(MOST).cloned().collect(),
        matching,
        project: project.clone(),
    }
}

#[component]
fn Images(found: Found) -> impl IntoView {
    let Found { images, matching, project } = found;
    let more = matching - images.len();
    view! {
        <div class="table-box">
            <table class="table table--cards" role="table" aria-label=tr("Images that can be launched")>
                <thead class="table__head" role="rowgroup">
                    <tr role="row">
                        <th scope="col">{tr("Name")}</th>
                        <th scope="col">{tr("System")}</th>
                        <th scope="col" class="num">{tr("Min disk / RAM")}</th>
                        <th scope="col">{tr("Visibility")}</th>
                        <th scope="col"><span class="visually-hidden">{tr("Actions")}</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    {images.into_iter().map(|image| view! { <ImageRow own=image.owner.as_ref() == Some(&project) image=image /> }).collect_view()}
                </tbody>
            </table>
        </div>
        {(more > 0).then(|| view! {
            <p class="list-foot">{format::count(more, "more image", "more images")} {tr(": search to find them.")}</p>
        })}
    }
}

#[component]
fn ImageRow(image: Image, own: bool) -> impl IntoView {
    let href = routes::launch_from(image.id.as_str());
    let name = display_name(&image);
    let distro = image.property("os_distro").map(str::to_owned);
    let mark = move || view! { <OsMark distro=Signal::stored(distro.clone()) /> };
    let note = image.is_snapshot().then(|| tr("snapshot").to_owned());
    let faint = || view! { <span class="faint">{format::NONE}</span> }.into_any();
    view! {
        <tr class="table__row" role="row">
            <td class="table__name" role="cell">
                <Entry href=href.clone() name=name.clone() id=image.id.to_string() note=Signal::stored(note) mark=mark />
            </td>
            <td class="cell-status cell-words" role="cell">
                {system_name(&image).map_or_else(|| view! { <span class="faint">{tr("Unknown")}</span> }.into_any(), IntoAny::into_any)}
            </td>
            <td class="cell-facts num table__muted" role="cell" data-first>{needs(&image).map_or_else(faint, IntoAny::into_any)}</td>
            <td class="cell-facts" role="cell" data-last>{visibility_word(&image.visibility, own)}</td>
            <td class="cell-actions" role="cell">
                <span class="table__actions">
                    <a class="button button--quiet button--s button--next" href=href aria-label=tr_with("Launch from {name}", &[("name", &name)])>{tr("Launch")}</a>
                </span>
            </td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn own_images_come_first_and_every_word_must_match() {
        let image = |id: &str, name: &str, owner: &str, created: &str| -> Image {
            serde_json::from_value(json!({
                "id": id, "name": name, "status": "active", "owner": owner, "created_at": created, "tags": ["gold"],
            }))
            .expect("an image")
        };
        let listing = Listing {
            items: vec![
                image("1", "ubuntu", "cloud", "2026-01-01T00:00:00Z"),
                image("2", "Debian 12", "cloud", "2026-01-01T00:00:00Z"),
                image("3", "erp old", "me", "2026-01-01T00:00:00Z"),
                image("4", "erp new", "me", "2026-02-01T00:00:00Z"),
            ],
            skipped: Vec::new(),
        };
        let check = |search: &str, expected: &[&str]| {
            let found = choose(&listing, search, &ProjectId::from("me"));
            let ids: Vec<_> = found.images.iter().map(|image| image.id.as_str()).collect();
            assert_eq!(ids, expected, "{search}");
        };
        check("", &["4", "3", "2", "1"]);
        check("ERP gold", &["4", "3"]);
        check("debian 13", &[]);
    }
}
