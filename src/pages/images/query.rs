//! What the images page shows, as its query string says it: `?tab=own&q=debian&os=debian&os=ubuntu&sort=-size`.
//!
//! What is left out is the default, so that `/images` alone is a link to the page as it opens. It knows no router: pairs
//! come in, an address goes out.

use super::columns::Columns;
use super::facets::{FACETS, Facet};
use crate::components::list::toggle_value;
use crate::routes;
use crate::text::tr;
use crate::ui::Direction;

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
    pub fn label(self) -> &'static str {
        match self {
            Self::Public => tr("Public"),
            Self::Own => tr("Private"),
            Self::Shared => tr("Shared with me"),
            Self::Community => tr("Community"),
            Self::All => tr("All"),
        }
    }

    /// Its place in arrays that hold one value for each tab.
    pub const fn index(self) -> usize {
        self as usize
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

/// The columns of the table, all of which it can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// Name, numbers in it by their value.
    Name,
    /// Operating system and version.
    System,
    /// Machine type.
    Architecture,
    /// Disk format.
    Format,
    /// Size of the file.
    Size,
    /// Smallest disk, then smallest memory.
    Needs,
    /// Who sees it.
    Visibility,
    /// Status word.
    Status,
    /// When the record was made.
    Created,
}

/// How many there are.
pub const COLUMNS: usize = 9;

impl Column {
    /// In the order in which they are shown.
    pub const EACH: [Self; COLUMNS] = [
        Self::Name,
        Self::System,
        Self::Architecture,
        Self::Format,
        Self::Size,
        Self::Needs,
        Self::Visibility,
        Self::Status,
        Self::Created,
    ];

    /// Its place in arrays that hold one value for each.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name in the table's head.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => tr("Name"),
            Self::System => tr("System"),
            Self::Architecture => tr("Arch"),
            Self::Format => tr("Format"),
            Self::Size => tr("Size"),
            Self::Needs => tr("Min disk / RAM"),
            Self::Visibility => tr("Visibility"),
            Self::Status => tr("Status"),
            Self::Created => tr("Created"),
        }
    }

    /// In addresses, and in `data-without` of the table.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::System => "system",
            Self::Architecture => "arch",
            Self::Format => "format",
            Self::Size => "size",
            Self::Needs => "needs",
            Self::Visibility => "visibility",
            Self::Status => "status",
            Self::Created => "created",
        }
    }

    /// The one of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::EACH.into_iter().find(|column| column.word() == word)
    }

    /// Which end people look for first: the start of the alphabet, the largest, the newest.
    const fn first_direction(self) -> Direction {
        match self {
            Self::Size | Self::Created => Direction::Down,
            _ => Direction::Up,
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
        Some(Self { column: Column::parse(name)?, direction })
    }
}

/// The whole state of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// The open tab.
    pub tab: Tab,
    /// What is searched for, as it was typed.
    pub search: String,
    /// The values chosen of each facet, at [`Facet::index`]; none lets everything through.
    pub chosen: [Vec<String>; FACETS],
    /// Also images that their owners have hidden from lists.
    pub hidden: bool,
    /// The order.
    pub sort: Sort,
    /// The columns, when the address says which.
    pub columns: Option<Columns>,
}

impl ListQuery {
    /// Reads it; `get` gives the decoded values of a name. What makes no sense counts as left out: an old or mistyped
    /// link still opens.
    pub fn parse(get: impl Fn(&str) -> Vec<String>) -> Self {
        let one = |name: &str| get(name).pop();
        Self {
            tab: one("tab").and_then(|word| Tab::parse(&word)).unwrap_or_default(),
            search: one("q").unwrap_or_default(),
            chosen: Facet::EACH.map(|facet| {
                let mut values = get(facet.word());
                values.retain(|value| !value.is_empty());
                values.sort();
                values.dedup();
                values
            }),
            hidden: one("hidden").is_some_and(|word| word == "1"),
            sort: one("sort").and_then(|word| Sort::parse(&word)).unwrap_or_default(),
            columns: one("columns").map(|words| Columns::parse(&words)),
        }
    }

    /// The address that shows this.
    pub fn href(&self) -> String {
        let sort = (self.sort != Sort::default()).then(|| self.sort.word());
        let columns = self.columns.map(Columns::words);
        let mut parameters = vec![
            ("tab", (self.tab != Tab::default()).then(|| self.tab.word())),
            ("q", Some(self.search.as_str()).filter(|search| !search.is_empty())),
        ];
        for facet in Facet::EACH {
            for value in self.values(facet) {
                parameters.push((facet.word(), Some(value.as_str())));
            }
        }
        parameters.push(("hidden", self.hidden.then_some("1")));
        parameters.push(("sort", sort.as_deref()));
        parameters.push(("columns", columns.as_deref()));
        routes::with_query(routes::IMAGES, &parameters)
    }

    /// The values chosen of a facet.
    pub fn values(&self, facet: Facet) -> &[String] {
        self.chosen.get(facet.index()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a search or a facet leaves rows out.
    pub fn is_narrowed(&self) -> bool {
        !self.search.trim().is_empty() || self.has_facets()
    }

    /// Whether a facet leaves rows out.
    pub fn has_facets(&self) -> bool {
        self.chosen.iter().any(|values| !values.is_empty())
    }

    /// The same with another tab. Search and facets stay: people look for one thing in several places.
    #[must_use]
    pub fn with_tab(&self, tab: Tab) -> Self {
        Self { tab, ..self.clone() }
    }

    /// The same with another search.
    #[must_use]
    pub fn with_search(&self, search: impl Into<String>) -> Self {
        Self { search: search.into(), ..self.clone() }
    }

    /// The same with a value of a facet chosen, or not any more.
    #[must_use]
    pub fn with_toggled(&self, facet: Facet, value: &str) -> Self {
        let mut query = self.clone();
        if let Some(values) = query.chosen.get_mut(facet.index()) {
            toggle_value(values, value);
        }
        query
    }

    /// The same without one facet.
    #[must_use]
    pub fn without(&self, facet: Facet) -> Self {
        let mut query = self.clone();
        if let Some(values) = query.chosen.get_mut(facet.index()) {
            values.clear();
        }
        query
    }

    /// The same with nothing left out.
    #[must_use]
    pub fn cleared(&self) -> Self {
        Self { search: String::new(), chosen: Default::default(), ..self.clone() }
    }

    /// The same with hidden images, or without.
    #[must_use]
    pub fn with_hidden(&self, hidden: bool) -> Self {
        Self { hidden, ..self.clone() }
    }

    /// The same with these columns.
    #[must_use]
    pub fn with_columns(&self, columns: Option<Columns>) -> Self {
        Self { columns, ..self.clone() }
    }

    /// The same after the head of a column was pressed: sorted by it, or the other way round.
    #[must_use]
    pub fn with_pressed(&self, column: Column) -> Self {
        let direction = match self.sort {
            Sort { column: now, direction: Direction::Up } if now == column => Direction::Down,
            Sort { column: now, direction: Direction::Down } if now == column => Direction::Up,
            _ => column.first_direction(),
        };
        Self { sort: Sort { column, direction }, ..self.clone() }
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
            form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        let all = |name: &str| {
            pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
        };
        ListQuery::parse(all)
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
        check("tab=all&sort=-created", "");
        check("tab=private", "?tab=private");
        check("q=debian+12+%26+more&sort=-size", "?q=debian%2012%20%26%20more&sort=-size");
        check("sort=created", "?sort=created");
        check("q=debian+", "?q=debian%20");
        check("os=ubuntu&os=debian&os=ubuntu", "?os=debian&os=ubuntu");
        check("status=a%2Cb&hidden=1", "?status=a%2Cb&hidden=1");
        check("columns=size+status", "?columns=size%20status");
        check("columns=", "?columns=");
    }

    #[test]
    fn links_that_make_no_sense_open_the_default() {
        check("tab=mine&sort=flavour&page=-2&hidden=perhaps&os=", "");
        check("sort=--size&columns=colour+size", "?columns=size");
    }

    #[test]
    fn pressing_a_head_sorts_then_turns() {
        let query = parse("q=x");
        let once = query.with_pressed(Column::Name);
        assert_eq!(once.direction(Column::Name), Some(Direction::Up));
        assert_eq!(once.with_pressed(Column::Name).direction(Column::Name), Some(Direction::Down));
        let largest = once.with_pressed(Column::Size);
        assert_eq!(largest.direction(Column::Size), Some(Direction::Down));
        assert_eq!(largest.direction(Column::Name), None);
        assert_eq!(largest.search, "x");
    }

    #[test]
    fn facets_are_chosen_several_at_a_time_and_cleared_together() {
        let query = parse("tab=public&q=deb").with_toggled(Facet::System, "ubuntu");
        let query =
            query.with_toggled(Facet::System, "debian").with_toggled(Facet::Protected, "yes");
        assert_eq!(query.href(), "/images?tab=public&q=deb&os=debian&os=ubuntu&protected=yes");
        assert_eq!(
            query.with_toggled(Facet::System, "ubuntu").without(Facet::Protected).href(),
            "/images?tab=public&q=deb&os=debian"
        );
        assert!(query.is_narrowed() && !query.cleared().is_narrowed());
        assert_eq!(query.cleared().href(), "/images?tab=public");
        assert_eq!(query.with_tab(Tab::Own).search, "deb");
    }
}
