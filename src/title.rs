//! The tab's title and icon: the page's name, and before it how far the transfers have come.
//!
//! Pages say their name when they are drawn, the tray says the progress; neither knows of the other. The icon is an SVG in
//! a data address, as the one in `index.html` is; the page's policy allows that (`img-src data:`).

use std::cell::RefCell;

use leptos::prelude::*;

thread_local! {
    /// One for the tab, as the tab has one title.
    static SHOWN: RefCell<Shown> = RefCell::default();
}

#[derive(Default)]
struct Shown {
    page: String,
    progress: Option<String>,
    /// The icon of `index.html`, once another one took its place.
    icon: Option<String>,
}

/// How far the transfers of this tab have come.
#[derive(Clone, Debug, PartialEq)]
pub struct TabProgress {
    /// "42 %".
    pub words: String,
    /// Whole per cents; `None` when nobody knows.
    pub percent: Option<u8>,
    /// Nothing moves: it waits for the user or the network.
    pub waits: bool,
}

/// The page's name, with the product's.
pub fn name_page(name: &str) {
    SHOWN.with_borrow_mut(|shown| {
        shown.page = name.to_owned();
        shown.write();
    });
}

/// How far the transfers have come; `None` puts title and icon back as they were.
pub fn show_progress(progress: Option<&TabProgress>) {
    SHOWN.with_borrow_mut(|shown| {
        let words = progress.map(|progress| progress.words.clone());
        if shown.progress != words {
            shown.progress = words;
            shown.write();
        }
        shown.draw(progress);
    });
}

impl Shown {
    fn write(&self) {
        // No page has said its name yet: what index.html says stays.
        if self.page.is_empty() {
            return;
        }
        document().set_title(&match &self.progress {
            Some(progress) => format!("{progress} · {}", self.page),
            None => self.page.clone(),
        });
    }

    fn draw(&mut self, progress: Option<&TabProgress>) {
        let link = match document().query_selector("link[rel=icon]") {
            Ok(Some(link)) => link,
            // A host that took the icon out has its reasons.
            Ok(None) => return,
            Err(error) => return leptos::logging::warn!("the icon is not found: {error:?}"),
        };
        let icon = match progress {
            Some(progress) => {
                if self.icon.is_none() {
                    self.icon = link.get_attribute("href");
                }
                data_address(&drawing(progress))
            }
            None => match self.icon.take() {
                Some(own) => own,
                None => return,
            },
        };
        if let Err(error) = link.set_attribute("href", &icon) {
            leptos::logging::warn!("the icon stays as it is: {error:?}");
        }
    }
}

fn data_address(svg: &str) -> String {
    format!("data:image/svg+xml,{}", String::from(js_sys::encode_uri_component(svg)))
}

/// A ring that fills; with two bars in it while everything waits. The colours are those of the icon in `index.html`.
fn drawing(progress: &TabProgress) -> String {
    let filled = progress.percent.unwrap_or_default().min(100);
    let inside = if progress.waits {
        "<path d='M9.5 8.5v7M14.5 8.5v7' stroke-width='2.6'/>"
    } else {
        "<path d='M12 16V8.6M8.6 11.6 12 8.2l3.4 3.4' stroke-width='2.2'/>"
    };
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'>\
         <style>*{{fill:none;stroke:#1f6283}}path{{stroke-linecap:round;stroke-linejoin:round}}.all{{opacity:.25}}\
         @media(prefers-color-scheme:dark){{*{{stroke:#76c3dd}}}}</style>\
         <circle class='all' cx='12' cy='12' r='9.6' stroke-width='4'/>\
         <circle cx='12' cy='12' r='9.6' stroke-width='4' pathLength='100' \
         stroke-dasharray='{filled} 100' transform='rotate(-90 12 12)'/>{inside}</svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_fills() {
        let check = |percent, waits, expected: &str| {
            let progress = TabProgress { words: String::new(), percent, waits };
            let svg = drawing(&progress);
            assert!(svg.contains(expected), "{svg}");
            assert!(svg.starts_with("<svg") && svg.ends_with("</svg>"), "{svg}");
        };
        check(Some(42), false, "'42 100'");
        check(None, false, "'0 100'");
        check(Some(250), false, "'100 100'");
        check(Some(42), true, "M9.5 8.5v7");
    }
}
