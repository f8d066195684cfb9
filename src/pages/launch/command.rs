//! The launch as text for other tools: the `openstack` client, Terraform, curl, with what each presumes.
//!
//! The texts themselves are made, and tried, in the crate `recipes`.

use std::collections::BTreeMap;

use leptos::prelude::*;
use openstack::compute::CreateServer;
use openstack::{Microversion, Service};
use recipes::{Launch, Place, Recipe, cli, curl, terraform};

use super::fields::Fields;
use super::form::Offer;
use crate::cloud::use_cloud;
use crate::text::{errors, tr, tr_with};
use crate::ui::{CopyButton, TabPanel, Tabs};

const OPENSTACK: &str = "recipe-openstack";
const TERRAFORM: &str = "recipe-terraform";
const CURL: &str = "recipe-curl";

/// The same as what the button does, for each tool a tab.
#[component]
pub fn Commands(
    /// The form.
    fields: Fields,
) -> impl IntoView {
    let cloud = use_cloud();
    let client = cloud.client().clone();
    let version = LocalResource::new(move || {
        let client = client.clone();
        async move { client.compute_version().await }
    });
    let compute_url = cloud.client().url("show the command", Service::Compute, "");
    let place = compute_url
        .map(|url| Place {
            region: cloud.region().map(str::to_owned),
            compute_url: from_anywhere(url),
            ..Place::default()
        })
        .map_err(|error| errors::api(&error, None).text_with_request());
    let tool = RwSignal::new(OPENSTACK);
    let recipe = Memo::new(move |_| -> Option<Result<Recipe, String>> {
        let server = fields.request()?;
        let version = match version.get()? {
            Ok(version) => version,
            Err(error) => return Some(Err(errors::api(&error, None).text_with_request())),
        };
        let place = fields.offer.with(|offer| {
            let offer = offer.as_ref()?;
            Some(place.clone().map(|place| named(place, &server, offer)))
        })?;
        Some(place.and_then(|place| written(tool.get(), &server, version, &place)))
    });
    let text = Signal::derive(move || {
        recipe.with(|recipe| match recipe {
            Some(Ok(recipe)) => recipe.text.clone(),
            _ => String::new(),
        })
    });
    let several = Signal::derive(move || fields.request().is_some_and(|server| server.count > 1));
    let panel = move |key: &'static str| {
        view! {
            <TabPanel key=key selected=tool class="code__panel">
                {move || (tool.get() == key).then(|| match recipe.get() {
                    None => view! {
                        <p class="code__text code__text--words">{tr("Appears once the form is complete.")}</p>
                    }.into_any(),
                    Some(Err(why)) => view! { <p class="code__text code__text--words">{why}</p> }.into_any(),
                    Some(Ok(recipe)) => shown(key, &recipe, several.get()),
                })}
            </TabPanel>
        }
    };
    view! {
        <section class="code" aria-label=tr("The same with other tools")>
            <div class="code__head">
                <Tabs
                    label=tr("The same with other tools")
                    tabs=vec![(OPENSTACK, "openstack"), (TERRAFORM, "Terraform"), (CURL, "curl")]
                    selected=tool
                />
                <Show when=move || !text.read().is_empty()>
                    <CopyButton text=text what=tr("command") worded=true />
                </Show>
            </div>
            {panel(OPENSTACK)}
            {panel(TERRAFORM)}
            {panel(CURL)}
        </section>
    }
}

fn written(
    tool: &str,
    server: &CreateServer,
    version: Microversion,
    place: &Place,
) -> Result<Recipe, String> {
    let launch = Launch::of(server, version)?;
    Ok(match tool {
        TERRAFORM => terraform::recipe(&launch, place),
        CURL => curl::recipe(&launch, place),
        _ => cli::recipe(&launch, place),
    })
}

/// The place with the names of what is asked for; a name that something else has as well says nothing.
fn named(place: Place, server: &CreateServer, offer: &Offer) -> Place {
    let flavor = offer.flavors.iter().find(|flavor| flavor.id == server.flavor);
    let mut often = BTreeMap::<&str, usize>::new();
    for network in &offer.networks {
        *often.entry(&network.name).or_default() += 1;
    }
    let networks = offer
        .networks
        .iter()
        .filter(|network| often.get(network.name.as_str()) == Some(&1))
        .map(|network| (network.id.to_string(), network.name.clone()))
        .collect();
    Place { flavor: flavor.map(|flavor| flavor.name.clone()), networks, ..place }
}

/// An address that is meant as seen from this page.
fn from_anywhere(url: String) -> String {
    let origin = || window().location().origin().unwrap_or_default();
    if url.starts_with('/') { origin() + &url } else { url }
}

fn shown(tool: &'static str, recipe: &Recipe, several: bool) -> AnyView {
    let label = if tool == TERRAFORM { tr("Configuration") } else { tr("Command line") };
    let notes = presumed(tool, recipe, several);
    view! {
        <code class="code__text" tabindex="0" role="group" aria-label=label>
            {pieces(tool, &recipe.text).into_iter().map(|(text, is_flag)| if is_flag {
                view! { <span class="code__flag">{text}</span> }.into_any()
            } else {
                text.into_any()
            }).collect_view()}
        </code>
        <div class="code__notes">
            {notes.into_iter().map(|note| view! { <p>{note}</p> }).collect_view()}
        </div>
    }
    .into_any()
}

/// What is to be known before it is pasted.
fn presumed(tool: &str, recipe: &Recipe, several: bool) -> Vec<String> {
    let mut notes = vec![
        match tool {
            TERRAFORM => tr(
                "Presumes Terraform or OpenTofu, signed in as the openstack client would be. Put it into main.tf in a folder of its own, then: terraform init, terraform apply.",
            ),
            CURL => tr(
                "Presumes curl, and for the token the openstack client, signed in to this project.",
            ),
            _ => tr(
                "Presumes the openstack client, signed in to this project (clouds.yaml or an openrc file).",
            ),
        }
        .to_owned(),
    ];
    if recipe.wants_password {
        notes.push(
            match tool {
                TERRAFORM => tr(
                    "The password is not shown: Terraform asks for it, and keeps it in its state.",
                ),
                _ => tr(
                    "The password is not shown: put it into a variable first, with: read -r ADMIN_PASS",
                ),
            }
            .to_owned(),
        );
    }
    if tool == TERRAFORM && several {
        notes.push(
            tr("Terraform asks for each instance on its own: where there is no room for all, some start.")
                .to_owned(),
        );
    }
    if !recipe.left_out.is_empty() {
        let fields = recipe.left_out.join(", ");
        notes.push(tr_with(
            "Not in it, as this tool cannot say it: {fields}.",
            &[("fields", &fields)],
        ));
    }
    notes
}

/// The text with its options told apart: those that begin a line which goes on from the one before.
fn pieces(tool: &str, text: &str) -> Vec<(String, bool)> {
    let mut pieces: Vec<(String, bool)> = Vec::new();
    let mut goes_on = false;
    for line in text.split_inclusive('\n') {
        let flag = line
            .strip_prefix("  ")
            .filter(|rest| goes_on && tool != TERRAFORM && rest.starts_with('-'));
        let end = flag.and_then(|rest| rest.find([' ', '=', '\n']));
        goes_on = line.ends_with(" \\\n");
        match (flag, end) {
            (Some(rest), Some(end)) if rest != "--" => {
                let (flag, rest) = rest.split_at(end);
                pieces.push(("  ".to_owned(), false));
                pieces.push((flag.to_owned(), true));
                pieces.push((rest.to_owned(), false));
            }
            _ => pieces.push((line.to_owned(), false)),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_told_apart_and_nothing_is_lost() {
        let text = "openstack server create \\\n  --flavor x \\\n  --tag=-y \\\n  --use-config-drive \\\n  -- -name\n  --no-option\n";
        let pieces = pieces(OPENSTACK, text);
        assert_eq!(pieces.iter().map(|(text, _)| text.as_str()).collect::<String>(), text);
        let flags: Vec<&str> =
            pieces.iter().filter(|(_, flag)| *flag).map(|(text, _)| text.as_str()).collect();
        assert_eq!(flags, ["--flavor", "--tag", "--use-config-drive", "--"]);
        assert!(super::pieces(TERRAFORM, text).iter().all(|(_, flag)| !flag));
    }
}
