//! What the images page shows, as its query string says it: `?tab=own&q=debian&sort=-size&page=2`.
//!
//! What is left out is the default, so that `/images` alone is a link to the page as it opens. It knows no router: pairs
//! come in, an address goes out.

use crate::routes;
use crate::ui::Direction;

/// How many rows a page has: few enough to be drawn in a frame or two, many enough to be scrolled through.
pub const PAGE_ROWS: usize = 100;

/// The tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tab {
    /// Offered by the cloud.
    Public,
    /// The project's own, whatever their visibility.
    Own,
    /// Other projects' images that are shared with this one, answered or not.
    Shared,
    /// Community images.
    Community,
    /// Everything.
    #[default]
    All,
}

impl Tab {
    /// In the order in which they are shown.
    pub const EACH: [Self; 5] = [Self::Public, Self::Own, Self::Shared, Self::Community, Self::All];

    /// The name on the tab.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Public => "Public",
            Self::Own => "Private",
            Self::Shared => "Shared with me",
            Self::Community => "Community",
            Self::All => "All",
        }
    }

    /// Its place in arrays that hold one value for each tab.
    pub const fn index(self) -> usize {
        match self {
            Self::Public => 0,
            Self::Own => 1,
            Self::Shared => 2,
            Self::Community => 3,
            Self::All => 4,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Own => "private",
            Self::Shared => "shared",
            Self::Community => "community",
            Self::All => "all",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::EACH.into_iter().find(|tab| tab.word() == word)
    }
}

/// The columns that the table can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// Name, numbers in it by their value.
    Name,
    /// Operating system and version.
    System,
    /// Size of the file.
    Size,
    /// Status word.
    Status,
    /// When the record was made.
    Created,
}

impl Column {
    const EACH: [Self; 5] = [Self::Name, Self::System, Self::Size, Self::Status, Self::Created];

    /// The name in the table's head.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::System => "System",
            Self::Size => "Size",
            Self::Status => "Status",
            Self::Created => "Created",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::System => "system",
            Self::Size => "size",
            Self::Status => "status",
            Self::Created => "created",
        }
    }

    /// Which end people look for first: the start of the alphabet, the largest, the newest.
    const fn first_direction(self) -> Direction {
        match self {
            Self::Name | Self::System | Self::Status => Direction::Up,
            Self::Size | Self::Created => Direction::Down,
        }
    }
}

/// How the rows are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub column: Column,
    /// Which way.
    pub direction: Direction,
}

impl Default for Sort {
    fn default() -> Self {
        Self { column: Column::Created, direction: Direction::Down }
    }
}

impl Sort {
    fn word(self) -> String {
        match self.direction {
            Direction::Up => self.column.word().to_owned(),
            Direction::Down => format!("-{}", self.column.word()),
        }
    }

    fn parse(word: &str) -> Option<Self> {
        let (name, direction) = match word.strip_prefix('-') {
            Some(name) => (name, Direction::Down),
            None => (word, Direction::Up),
        };
        let column = Column::EACH.into_iter().find(|column| column.word() == name)?;
        Some(Self { column, direction })
    }
}

/// The whole state of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// The open tab.
    pub tab: Tab,
    /// What is searched for, as it was typed.
    pub search: String,
    /// The order.
    pub sort: Sort,
    /// The page, from 1. It may lie behind the last one: then the last one is shown.
    pub page: usize,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self { tab: Tab::default(), search: String::new(), sort: Sort::default(), page: 1 }
    }
}

impl ListQuery {
    /// Reads it; `get` gives the decoded value of a name. What makes no sense counts as left out: an old or mistyped
    /// link still opens.
    pub fn parse(get: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            tab: get("tab").and_then(|word| Tab::parse(&word)).unwrap_or_default(),
            search: get("q").unwrap_or_default(),
            sort: get("sort").and_then(|word| Sort::parse(&word)).unwrap_or_default(),
            page: get("page")
                .and_then(|word| word.parse().ok())
                .filter(|page| *page > 0)
                .unwrap_or(1),
        }
    }

    /// The address that shows this.
    pub fn href(&self) -> String {
        let sort = (self.sort != Sort::default()).then(|| self.sort.word());
        let page = (self.page > 1).then(|| self.page.to_string());
        routes::with_query(
            routes::IMAGES,
            &[
                ("tab", (self.tab != Tab::default()).then(|| self.tab.word())),
                ("q", Some(self.search.as_str()).filter(|search| !search.is_empty())),
                ("sort", sort.as_deref()),
                ("page", page.as_deref()),
            ],
        )
    }

    /// The same with another tab, from its first page. The search stays: people look for one thing in several places.
    #[must_use]
    pub fn with_tab(&self, tab: Tab) -> Self {
        Self { tab, page: 1, ..self.clone() }
    }

    /// The same with another search, from the first page.
    #[must_use]
    pub fn with_search(&self, search: impl Into<String>) -> Self {
        Self { search: search.into(), page: 1, ..self.clone() }
    }

    /// The same on another page.
    #[must_use]
    pub fn with_page(&self, page: usize) -> Self {
        Self { page, ..self.clone() }
    }

    /// The same after the head of a column was pressed: sorted by it, or the other way round.
    #[must_use]
    pub fn with_pressed(&self, column: Column) -> Self {
        let direction = match self.sort {
            Sort { column: now, direction: Direction::Up } if now == column => Direction::Down,
            Sort { column: now, direction: Direction::Down } if now == column => Direction::Up,
            _ => column.first_direction(),
        };
        Self { sort: Sort { column, direction }, page: 1, ..self.clone() }
    }

    /// How the table is sorted by this column, if it is.
    pub fn direction(&self, column: Column) -> Option<Direction> {
        (self.sort.column == column).then_some(self.sort.direction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> ListQuery {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        ListQuery::parse(|name| {
            pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
        })
    }

    fn check(text: &str, canonical: &str) {
        let query = parse(text);
        let href = query.href();
        assert_eq!(href, format!("/images{canonical}"), "{text}");
        let again = parse(href.split_once('?').map_or("", |(_, query)| query));
        assert_eq!(again, query, "{text} survives the way there and back");
    }

    #[test]
    fn links_say_what_is_not_the_default() {
        check("", "");
        check("tab=all&sort=-created&page=1", "");
        check("tab=private&page=3", "?tab=private&page=3");
        check("q=debian+12+%26+more&sort=-size", "?q=debian%2012%20%26%20more&sort=-size");
        check("sort=created", "?sort=created");
        check("q=debian+", "?q=debian%20");
    }

    #[test]
    fn links_that_make_no_sense_open_the_default() {
        check("tab=mine&sort=flavour&page=-2", "");
        check("page=0&sort=--size", "");
    }

    #[test]
    fn pressing_a_head_sorts_then_turns_and_starts_at_the_first_page() {
        let query = parse("page=4&q=x");
        let once = query.with_pressed(Column::Name);
        assert_eq!(
            (once.direction(Column::Name), once.page, once.search.as_str()),
            (Some(Direction::Up), 1, "x")
        );
        assert_eq!(once.with_pressed(Column::Name).direction(Column::Name), Some(Direction::Down));
        let largest = once.with_pressed(Column::Size);
        assert_eq!(largest.direction(Column::Size), Some(Direction::Down));
        assert_eq!(largest.direction(Column::Name), None);
    }

    #[test]
    fn a_tab_and_a_search_start_at_the_first_page() {
        let query = parse("tab=public&q=deb&page=3");
        assert_eq!(query.with_tab(Tab::Own).href(), "/images?tab=private&q=deb");
        assert_eq!(query.with_search("deb 12").href(), "/images?tab=public&q=deb%2012");
        assert_eq!(query.with_page(2).href(), "/images?tab=public&q=deb&page=2");
    }
}
