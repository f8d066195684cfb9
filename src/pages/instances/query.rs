//! What the instances page shows, as its query string says it: `?q=web&status=active&status=shutoff&sort=-created`.
//!
//! What is left out is the default, so that `/instances` alone is a link to the page as it opens. It knows no router:
//! values come in, a string goes out.

use openstack::Timestamp;
use openstack::compute::Server;

use super::facets::{self, FACETS, Facet, value_of};
use crate::components::list::{FacetChoice, natural_key, toggle_value, turned};
use crate::components::server::{Origins, ServerState, origin_name};
use crate::routes;
use crate::text::tr;
use crate::ui::Direction;

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
    /// In the order in which they are shown.
    pub const EACH: [Self; 5] = [Self::Name, Self::Status, Self::Size, Self::Image, Self::Created];

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
    /// The values chosen of each facet, at [`Facet::index`]; none lets everything through.
    pub chosen: [Vec<String>; FACETS],
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            search: String::new(),
            column: Column::Created,
            direction: Direction::Down,
            chosen: Default::default(),
        }
    }
}

impl ListQuery {
    /// Reads it; `get` gives the decoded values of a name. What makes no sense counts as left out.
    pub fn parse(get: impl Fn(&str) -> Vec<String>) -> Self {
        let one = |name: &str| get(name).pop();
        let sort = one("sort").unwrap_or_default();
        let (word, direction) = match sort.strip_prefix('-') {
            Some(word) => (word, Direction::Down),
            None => (sort.as_str(), Direction::Up),
        };
        let (column, direction) =
            match Column::EACH.into_iter().find(|column| column.word() == word) {
                Some(column) => (column, direction),
                None => (Column::Created, Direction::Down),
            };
        let chosen = Facet::EACH.map(|facet| {
            let mut values = get(facet.word());
            values.retain(|value| !value.is_empty());
            values.sort();
            values.dedup();
            values
        });
        Self { search: one("q").unwrap_or_default(), column, direction, chosen }
    }

    /// The address of this view.
    pub fn href(&self) -> String {
        let sort = match self.direction {
            Direction::Up => self.column.word().to_owned(),
            Direction::Down => format!("-{}", self.column.word()),
        };
        let is_default = self.column == Column::Created && self.direction == Direction::Down;
        let mut parameters =
            vec![("q", Some(self.search.as_str()).filter(|search| !search.is_empty()))];
        for facet in Facet::EACH {
            parameters.extend(
                self.values(facet).iter().map(|value| (facet.word(), Some(value.as_str()))),
            );
        }
        parameters.push(("sort", Some(sort.as_str()).filter(|_| !is_default)));
        routes::with_query(routes::INSTANCES, &parameters)
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

    /// The same with another search.
    #[must_use]
    pub fn with_search(&self, search: impl Into<String>) -> Self {
        Self { search: search.into(), ..self.clone() }
    }

    /// The same after the head of a column was pressed: sorted by it, or the other way round.
    #[must_use]
    pub fn with_pressed(&self, column: Column) -> Self {
        let direction = match self.direction {
            Direction::Up if self.column == column => Direction::Down,
            Direction::Down if self.column == column => Direction::Up,
            _ => column.first_direction(),
        };
        Self { column, direction, ..self.clone() }
    }

    /// How the table is sorted by this column, if it is.
    pub fn direction(&self, column: Column) -> Option<Direction> {
        (self.column == column).then_some(self.direction)
    }
}

/// What the list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The places of the servers that search and facets let through, in order.
    pub rows: Vec<usize>,
    /// The choices of each facet, at [`Facet::index`], counted among what the search and the other facets let through.
    pub choices: [Vec<FacetChoice>; FACETS],
}

/// Narrows and orders: every word of the search must be in the name, the id, an address, the status, the size or the image.
pub fn find(servers: &[Server], origins: &Origins, query: &ListQuery) -> Found {
    let search = query.search.to_lowercase();
    let words: Vec<&str> = search.split_whitespace().collect();
    let searched: Vec<usize> = servers
        .iter()
        .enumerate()
        .filter(|(_, server)| {
            let text = if words.is_empty() { String::new() } else { searched(server, origins) };
            words.iter().all(|word| text.contains(word))
        })
        .map(|(place, _)| place)
        .collect();
    let passes = |facet: Facet, server: &Server| {
        let values = query.values(facet);
        values.is_empty() || values.contains(&value_of(facet, server, origins).0)
    };
    let server = |place: &usize| servers.get(*place);
    let choices = Facet::EACH.map(|facet| {
        let others = Facet::EACH.into_iter().filter(|other| *other != facet);
        let others: Vec<Facet> = others.collect();
        let counted = searched
            .iter()
            .filter_map(server)
            .filter(|server| others.iter().all(|other| passes(*other, server)));
        facets::choices(facet, counted, origins, query.values(facet))
    });
    let mut rows: Vec<(Key, usize)> = searched
        .iter()
        .filter_map(|place| Some((*place, server(place)?)))
        .filter(|(_, server)| Facet::EACH.into_iter().all(|facet| passes(facet, server)))
        .map(|(place, server)| (key(server, origins, query.column), place))
        .collect();
    rows.sort_by(|(a, a_place), (b, b_place)| {
        let order = turned(a.first.cmp(&b.first), query.direction);
        order.then_with(|| a.name.cmp(&b.name)).then_with(|| a_place.cmp(b_place))
    });
    Found { rows: rows.into_iter().map(|(_, place)| place).collect(), choices }
}

/// By what a row is ordered.
struct Key {
    first: First,
    name: String,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum First {
    Text(String),
    Size(u64, u64, String),
    Time(Option<Timestamp>),
}

fn key(server: &Server, origins: &Origins, column: Column) -> Key {
    let name = natural_key(&server.name);
    let first = match column {
        Column::Name => First::Text(name.clone()),
        Column::Status => First::Text(ServerState::of(server).word),
        Column::Size => {
            let (vcpus, ram, name) = size(server);
            First::Size(vcpus, ram, name.unwrap_or_default().to_owned())
        }
        Column::Image => {
            First::Text(natural_key(&origin_name(server, origins).unwrap_or_default()))
        }
        Column::Created => First::Time(server.created),
    };
    Key { first, name }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> ListQuery {
        ListQuery::parse(|name| {
            let named = pairs.iter().filter(|(key, _)| *key == name);
            named.map(|(_, value)| (*value).to_owned()).collect()
        })
    }

    #[test]
    fn links_say_what_is_not_the_default() {
        let check =
            |pairs: &[(&str, &str)], expected: &str| assert_eq!(parse(pairs).href(), expected);
        check(&[], "/instances");
        check(&[("sort", "-created")], "/instances");
        check(&[("q", "web 1"), ("sort", "name")], "/instances?q=web%201&sort=name");
        check(&[("sort", "nonsense"), ("status", "")], "/instances");
        check(
            &[
                ("status", "shutoff"),
                ("status", "active"),
                ("status", "active"),
                ("sort", "created"),
            ],
            "/instances?status=active&status=shutoff&sort=created",
        );
    }

    #[test]
    fn pressing_a_head_sorts_then_turns() {
        let once = parse(&[("q", "x")]).with_pressed(Column::Name);
        assert_eq!(
            (once.direction(Column::Name), once.search.as_str()),
            (Some(Direction::Up), "x")
        );
        assert_eq!(once.with_pressed(Column::Name).direction(Column::Name), Some(Direction::Down));
        assert_eq!(
            once.with_pressed(Column::Created).direction(Column::Created),
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
            let found = find(&servers, &Origins::default(), &parse(pairs));
            let names: Vec<_> =
                found.rows.iter().map(|place| servers[*place].name.as_str()).collect();
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
    fn facets_narrow_and_count_what_the_others_let_through() {
        let mut servers = [
            server("1", "web-2", "2026-11-22T10:00:00Z", "10.0.0.4"),
            server("2", "web-10", "2026-11-22T11:00:00Z", "10.0.0.5"),
            server("3", "db", "2026-11-22T12:00:00Z", "10.0.0.6"),
        ];
        servers[2].status = openstack::compute::ServerStatus::Shutoff;
        let query = parse(&[("status", "active"), ("sort", "name")]);
        let found = find(&servers, &Origins::default(), &query);
        assert_eq!(found.rows, [0, 1], "2 before 10");
        let count = |facet: Facet| {
            let choices = &found.choices[facet.index()];
            choices.iter().map(|choice| (choice.label.as_str(), choice.count)).collect::<Vec<_>>()
        };
        assert_eq!(count(Facet::Status), [("Active", 2), ("Stopped", 1)]);
        assert_eq!(count(Facet::Size), [("gp.2x4", 2)]);
        assert!(query.is_narrowed() && !query.cleared().is_narrowed());
        assert_eq!(query.with_toggled(Facet::Status, "active").href(), "/instances?sort=name");
    }
}
