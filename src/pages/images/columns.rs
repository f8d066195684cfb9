//! Which columns the table shows. Pure.
//!
//! Name and actions are always there. The choice is in the address while it is made, and remembered for the next visit
//! (`chosen.rs` of the page does that); an address that says nothing shows what was remembered.

use super::query::{COLUMNS, Column};

/// The columns besides the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    shown: [bool; COLUMNS],
}

impl Default for Columns {
    fn default() -> Self {
        Self { shown: [true; COLUMNS] }
    }
}

impl Columns {
    /// From the words of those that are shown.
    pub fn parse(words: &str) -> Self {
        let mut shown = [false; COLUMNS];
        for column in words.split_whitespace().filter_map(Column::parse).chain([Column::Name]) {
            if let Some(shown) = shown.get_mut(column.index()) {
                *shown = true;
            }
        }
        Self { shown }
    }

    /// The words of those that are shown besides the name.
    pub fn words(self) -> String {
        self.list(true)
    }

    /// The words of those that are not shown, as the table's `data-without` says them.
    pub fn without(self) -> String {
        self.list(false)
    }

    /// Whether a column is shown.
    pub fn has(self, column: Column) -> bool {
        self.shown.get(column.index()).copied().unwrap_or(true)
    }

    /// The same with one column more or less.
    #[must_use]
    pub fn toggled(mut self, column: Column) -> Self {
        if let Some(shown) = self.shown.get_mut(column.index())
            && column != Column::Name
        {
            *shown = !*shown;
        }
        self
    }

    fn list(self, wanted: bool) -> String {
        let words: Vec<&str> = Column::EACH
            .into_iter()
            .filter(|column| *column != Column::Name && self.has(*column) == wanted)
            .map(Column::word)
            .collect();
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_left_out_and_come_back() {
        let fewer = Columns::default().toggled(Column::Format).toggled(Column::Architecture);
        assert_eq!(fewer.without(), "arch format");
        assert_eq!(Columns::parse(&fewer.words()), fewer);
        assert_eq!(fewer.toggled(Column::Format).toggled(Column::Architecture), Columns::default());
        assert!(Columns::parse("").has(Column::Name), "the name is always there");
        assert_eq!(Columns::default().toggled(Column::Name), Columns::default());
        assert_eq!(Columns::default().without(), "");
    }
}
