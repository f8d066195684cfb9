//! The part of the form that is in the address: where the data comes from, which instance or volume, what it is for. So each
//! can be linked to, and a reload comes back to it.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::draft::Source;
use super::existing::Existing;
use super::form::Form;
use super::presets::Preset;
use crate::routes;

/// What the address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) source: Option<Source>,
    pub(super) instance: String,
    pub(super) volume: String,
    pub(super) preset: Preset,
}

impl Link {
    /// Reads it. An instance alone says which source it is, a volume too.
    pub(super) fn of(value: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name| value(name).unwrap_or_default();
        let (instance, volume) = (text(routes::INSTANCE), text(routes::VOLUME));
        let implied = match (instance.is_empty(), volume.is_empty()) {
            (false, _) => Some(Source::Instance),
            (true, false) => Some(Source::Volume),
            (true, true) => None,
        };
        Self {
            source: Source::of(&text(routes::SOURCE)).or(implied),
            instance,
            volume,
            preset: Preset::of(&text(routes::PRESET)),
        }
    }

    /// The link at hand.
    pub(super) fn here() -> Self {
        let query = use_query_map();
        query.with_untracked(|query| Self::of(|name| query.get(name)))
    }
}

/// The address of a form with that source and what is chosen of it. A file is the usual one and needs no word.
pub(super) fn address(source: Source, chosen: &str) -> String {
    let chosen = Some(chosen).filter(|id| !id.is_empty());
    match source {
        Source::File => routes::CREATE_IMAGE.to_owned(),
        Source::Url => routes::with_query(routes::CREATE_IMAGE, &[(routes::SOURCE, Some("url"))]),
        Source::Instance => routes::create_from_instance(chosen),
        Source::Volume => routes::create_from_volume(chosen),
    }
}

/// Sets the form to what the address says, now and when another link to this page is followed.
pub(super) fn follow(form: Form, existing: Existing) {
    let query = use_query_map();
    let link = Memo::new(move |_| query.with(|query| Link::of(|name| query.get(name))));
    let apply = move |link: &Link| {
        if let Some(source) = link.source {
            form.source.set(source);
        }
        existing.choose(link);
        if link.preset != Preset::General && form.preset.get_untracked() != link.preset {
            form.choose(link.preset);
        }
    };
    link.with_untracked(|link| apply(link));
    // The address is outside the form: what it says is taken over when it changes.
    Effect::new(move |before: Option<Link>| {
        let now = link.get();
        if before.is_some_and(|before| before != now) {
            apply(&now);
        }
        now
    });
}

/// Chooses a source, and puts it into the address.
pub(super) fn choose_source(form: Form, existing: Existing) -> Callback<Source> {
    let navigate = use_navigate();
    Callback::new(move |source: Source| {
        form.source.set(source);
        let chosen = existing.chosen_untracked(source);
        let options =
            NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate(&address(source, &chosen), options);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &[(&str, &str)], source: Option<Source>, instance: &str, preset: Preset) {
        let link = Link::of(|name| {
            query.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        });
        assert_eq!(
            (link.source, link.instance.as_str(), link.preset),
            (source, instance, preset),
            "{query:?}"
        );
    }

    #[test]
    fn a_link_says_source_and_choice() {
        let instance = Some(Source::Instance);
        check(&[], None, "", Preset::General);
        check(&[("source", "instance"), ("instance", "s1")], instance, "s1", Preset::General);
        check(&[("instance", "s1")], instance, "s1", Preset::General);
        check(&[("source", "url")], Some(Source::Url), "", Preset::General);
        check(&[("source", "nonsense")], None, "", Preset::General);
        check(&[("preset", "rescue")], None, "", Preset::Rescue);
        assert_eq!(address(Source::Volume, "v1"), "/images/create?source=volume&volume=v1");
        assert_eq!(address(Source::Instance, ""), "/images/create?source=instance");
        assert_eq!(address(Source::File, ""), "/images/create");
    }
}
