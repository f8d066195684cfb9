//! What the instances page shows, as its query string says it: `?q=web&sort=-created&page=2`.
//!
//! What is left out is the default, so that `/instances` alone is a link to the page as it opens. It knows no router:
//! values come in, a string goes out.

use openstack::compute::Server;

use crate::components::server::Origins;
use crate::components::server::{ServerState, origin_name};
use crate::routes;
use crate::text::tr;
use crate::ui::Direction;

/// How many rows a page has.
pub const PAGE_ROWS: usize = 100;

/// The columns that the table can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// Name, without minding capitals.
    Name,
    /// Status word.
    Status,
    /// The size's name.
    Size,
    /// The image's name.
    Image,
    /// When it was asked for.
    Created,
}

impl Column {
    const EACH: [Self; 5] = [Self::Name, Self::Status, Self::Size, Self::Image, Self::Created];

    /// The name in the table's head.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => tr("Name"),
            Self::Status => tr("Status"),
            Self::Size => tr("Size"),
            Self::Image => tr("Image"),
            Self::Created => tr("Created"),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Status => "status",
            Self::Size => "size",
            Self::Image => "image",
            Self::Created => "created",
        }
    }

    const fn first_direction(self) -> Direction {
        match self {
            Self::Created => Direction::Down,
            _ => Direction::Up,
        }
    }
}

/// The whole state of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// What is searched for, as it was typed.
    pub search: String,
    /// By what the rows are ordered.
    pub column: Column,
    /// Which way.
    pub direction: Direction,
    /// The page, from 1.
    pub page: usize,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self { search: String::new(), column: Column::Created, direction: Direction::Down, page: 1 }
    }
}

impl ListQuery {
    /// Reads it; `get` gives the decoded value of a name. What makes no sense counts as left out.
    pub fn parse(get: impl Fn(&str) -> Option<String>) -> Self {
        let sort = get("sort").unwrap_or_default();
        let (word, direction) = match sort.strip_prefix('-') {
            Some(word) => (word, Direction::Down),
            None => (sort.as_str(), Direction::Up),
        };
        let (column, direction) =
            match Column::EACH.into_iter().find(|column| column.word() == word) {
                Some(column) => (column, direction),
                None => (Column::Created, Direction::Down),
            };
        let page =
            get("page").and_then(|page| page.parse().ok()).filter(|page| *page > 0).unwrap_or(1);
        Self { search: get("q").unwrap_or_default(), column, direction, page }
    }

    /// The address of this view.
    pub fn href(&self) -> String {
        let sort = match self.direction {
            Direction::Up => self.column.word().to_owned(),
            Direction::Down => format!("-{}", self.column.word()),
        };
        let page = self.page.to_string();
        let is_default = self.column == Column::Created && self.direction == Direction::Down;
        routes::with_query(
            routes::INSTANCES,
            &[
                ("q", Some(self.search.as_str()).filter(|search| !search.is_empty())),
                ("sort", Some(sort.as_str()).filter(|_| !is_default)),
                ("page", Some(page.as_str()).filter(|_| self.page > 1)),
            ],
        )
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
        let direction = match self.direction {
            Direction::Up if self.column == column => Direction::Down,
            Direction::Down if self.column == column => Direction::Up,
            _ => column.first_direction(),
        };
        Self { column, direction, page: 1, ..self.clone() }
    }

    /// How the table is sorted by this column, if it is.
    pub fn direction_of(&self, column: Column) -> Option<Direction> {
        (self.column == column).then_some(self.direction)
    }
}

/// The servers that the search lets through, in order: every word of it must be in the name, the id, an address, the
/// status, the size or the image.
pub fn rows<'a>(servers: &'a [Server], origins: &Origins, query: &ListQuery) -> Vec<&'a Server> {
    let search = query.search.to_lowercase();
    let words: Vec<&str> = search.split_whitespace().collect();
    let mut found: Vec<&Server> = servers
        .iter()
        .filter(|server| {
            let text = searched(server, origins);
            words.iter().all(|word| text.contains(word))
        })
        .collect();
    found.sort_by(|a, b| {
        let order = match query.column {
            Column::Name => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
            Column::Status => ServerState::of(a).word.cmp(&ServerState::of(b).word),
            Column::Size => size(a).cmp(&size(b)),
            Column::Image => origin_name(a, origins).cmp(&origin_name(b, origins)),
            Column::Created => a.created.cmp(&b.created),
        };
        let order = if query.direction == Direction::Down { order.reverse() } else { order };
        order.then_with(|| a.name.cmp(&b.name)).then_with(|| a.id.cmp(&b.id))
    });
    found
}

fn size(server: &Server) -> (u64, u64, Option<&str>) {
    let flavor = server.flavor.as_ref();
    (
        flavor.and_then(|flavor| flavor.vcpus).unwrap_or_default(),
        flavor.and_then(|flavor| flavor.ram_mib).unwrap_or_default(),
        flavor.and_then(|flavor| flavor.name.as_deref()),
    )
}

fn searched(server: &Server, origins: &Origins) -> String {
    let state = ServerState::of(server);
    let flavor = server.flavor.as_ref().and_then(|flavor| flavor.name.as_deref());
    let mut text = vec![server.name.as_str(), server.id.as_str(), state.word.as_str()];
    text.extend(server.addresses.values().flatten().map(|address| address.addr.as_str()));
    text.extend(flavor);
    let image = origin_name(server, origins);
    text.extend(image.as_deref());
    text.join("\n").to_lowercase()
}

/// Which rows a page shows: its number (the last one when it lies behind), the first row and the end.
pub fn page(total: usize, wanted: usize) -> (usize, usize, usize) {
    let pages = total.div_ceil(PAGE_ROWS).max(1);
    let page = wanted.clamp(1, pages);
    let first = (page - 1) * PAGE_ROWS;
    (page, first, total.min(first + PAGE_ROWS))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> ListQuery {
        ListQuery::parse(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn links_say_what_is_not_the_default() {
        let check =
            |pairs: &[(&str, &str)], expected: &str| assert_eq!(parse(pairs).href(), expected);
        check(&[], "/instances");
        check(&[("sort", "-created"), ("page", "1")], "/instances");
        check(&[("q", "web 1"), ("sort", "name")], "/instances?q=web%201&sort=name");
        check(&[("sort", "nonsense"), ("page", "0")], "/instances");
        check(&[("sort", "created"), ("page", "3")], "/instances?sort=created&page=3");
    }

    #[test]
    fn pressing_a_head_sorts_then_turns() {
        let once = parse(&[("page", "4")]).with_pressed(Column::Name);
        assert_eq!((once.direction_of(Column::Name), once.page), (Some(Direction::Up), 1));
        assert_eq!(
            once.with_pressed(Column::Name).direction_of(Column::Name),
            Some(Direction::Down)
        );
        assert_eq!(
            once.with_pressed(Column::Created).direction_of(Column::Created),
            Some(Direction::Down)
        );
    }

    fn server(id: &str, name: &str, created: &str, address: &str) -> Server {
        serde_json::from_value(json!({
            "id": id, "name": name, "status": "ACTIVE", "created": created,
            "addresses": {"net": [{"addr": address, "version": 4}]},
            "flavor": {"original_name": "gp.2x4", "vcpus": 2, "ram": 4096},
        }))
        .expect("a server")
    }

    #[test]
    fn rows_are_found_by_any_word_and_sorted() {
        let servers = [
            server("1", "web-2", "2026-11-22T10:00:00Z", "10.0.0.4"),
            server("2", "Web-1", "2026-11-22T11:00:00Z", "10.0.0.5"),
            server("3", "db", "2026-11-22T12:00:00Z", "10.0.0.6"),
        ];
        let check = |pairs: &[(&str, &str)], expected: &[&str]| {
            let found = rows(&servers, &Origins::default(), &parse(pairs));
            let names: Vec<_> = found.iter().map(|server| server.name.as_str()).collect();
            assert_eq!(names, expected, "{pairs:?}");
        };
        check(&[], &["db", "Web-1", "web-2"]);
        check(&[("sort", "name")], &["db", "Web-1", "web-2"]);
        check(&[("sort", "-name")], &["web-2", "Web-1", "db"]);
        check(&[("q", "WEB 10.0.0.4")], &["web-2"]);
        check(&[("q", "gp.2x4 active db")], &["db"]);
        check(&[("q", "nothing")], &[]);
    }

    #[test]
    fn a_page_behind_the_last_shows_the_last() {
        assert_eq!(page(0, 1), (1, 0, 0));
        assert_eq!(page(250, 2), (2, 100, 200));
        assert_eq!(page(250, 9), (3, 200, 250));
    }
}
