//! From what was found to verdicts in an operator's words: what is wrong, what it means for whoever works here, and the lines that
//! mend it. Pure; a rule per line, a test per rule.

mod access;
mod contents;
mod reach;
#[cfg(test)]
mod tests;
mod versions;

use openstack::Service;

use super::found::{Here, Looked, Own, Reply, Site, Trial};
use super::mend::Mend;
use crate::text::tr;

/// What is to be said of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::pages::check) enum State {
    /// As it should be.
    Fine,
    /// It could not be looked at now; the text says why.
    Unlooked,
    /// Something that the console can do is not possible here.
    Missing,
    /// It stands in the way of work.
    Wrong,
}

/// A verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pages::check) struct Line {
    /// What was looked at.
    pub title: &'static str,
    /// The verdict.
    pub state: State,
    /// What was found and what it means.
    pub text: String,
    /// What mends it; each alone is enough, or is to be tried.
    pub mends: Vec<Mend>,
}

impl Line {
    fn new(title: &'static str, state: State, text: impl Into<String>) -> Self {
        Self { title, state, text: text.into(), mends: Vec::new() }
    }

    fn fine(title: &'static str, text: impl Into<String>) -> Self {
        Self::new(title, State::Fine, text)
    }

    fn unlooked(title: &'static str, text: impl Into<String>) -> Self {
        Self::new(title, State::Unlooked, text)
    }

    fn missing(title: &'static str, text: impl Into<String>) -> Self {
        Self::new(title, State::Missing, text)
    }

    fn wrong(title: &'static str, text: impl Into<String>) -> Self {
        Self::new(title, State::Wrong, text)
    }

    fn mended(mut self, mend: Mend) -> Self {
        self.mends.push(mend);
        self
    }
}

/// The page itself.
pub(in crate::pages::check) fn page(here: &Here) -> Vec<Line> {
    let title = tr("HTTPS of this page");
    let line = if here.secure {
        Line::fine(title, tr("The browser gives this page all that it gives to secure ones."))
    } else {
        Line::wrong(
            title,
            tr(
                "It is served without HTTPS. Browsers then keep the clipboard, the locks between tabs and the way back to chosen files from it, and everybody on the way can read passwords. Serve it by HTTPS: docs/hosting/cdn.conf and gateway.conf show how.",
            ),
        )
    };
    vec![line]
}

/// One service.
pub(in crate::pages::check) fn service(looked: &Looked, here: &Here) -> Vec<Line> {
    let mut lines = vec![reach::line(looked, here)];
    let Site::At(url) = &looked.site else { return lines };
    lines.push(reach::tls(looked, url));
    match &looked.simple {
        Some(Reply::Read(answer)) if !reach::is_of_the_service(answer, here.is_own(url)) => {}
        Some(Reply::Read(_)) => {
            lines.extend(access::lines(looked, url, here));
            lines.push(versions::line(looked));
            lines.extend(contents::lines(looked, here));
        }
        Some(Reply::Hidden) => {
            lines.push(access::closed(looked.service, url, here));
            lines.push(Line::unlooked(
                tr("The rest"),
                tr("Nothing of it can be read before this page is let in."),
            ));
        }
        _ => lines.push(Line::unlooked(tr("The rest"), tr("There was no answer to look at."))),
    }
    lines
}

/// The trial of 8 KiB.
pub(in crate::pages::check) fn trial(trial: &Trial, store: Option<&str>) -> Option<Line> {
    contents::trial(trial, store)
}

/// How many lines are wrong, missing, not looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::pages::check) struct Sum {
    /// In the way.
    pub wrong: usize,
    /// Not possible here.
    pub missing: usize,
    /// Not looked at.
    pub unlooked: usize,
}

impl Sum {
    /// Of these lines.
    pub(in crate::pages::check) fn of<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Self {
        let mut sum = Self::default();
        for line in lines {
            match line.state {
                State::Fine => {}
                State::Unlooked => sum.unlooked += 1,
                State::Missing => sum.missing += 1,
                State::Wrong => sum.wrong += 1,
            }
        }
        sum
    }
}

/// What an operator calls it.
pub(in crate::pages::check) const fn program(service: Service) -> &'static str {
    match service {
        Service::Identity => "Keystone",
        Service::Image => "Glance",
        Service::Compute => "Nova",
        Service::Network => "Neutron",
        Service::Volume => "Cinder",
        Service::ObjectStore => "Swift",
    }
}

impl Own {
    /// What belongs to a service before anything was asked.
    pub(in crate::pages::check) fn none_of(service: Service) -> Self {
        match service {
            Service::Image => Self::Image { methods: None, stores: None },
            Service::ObjectStore => {
                Self::Store { info: None, container: None, opening: Vec::new() }
            }
            _ => Self::Nothing,
        }
    }
}
