//! The queries of the dashboard.

use serde_json::Value;

use crate::TaskError;

/// A query as Prometheus takes it, and the panel or variable that it belongs to.
pub(super) struct Query {
    pub(super) of: String,
    pub(super) expression: String,
}

/// Reads the queries of the panels and of the variables, with a value for each variable.
pub(super) fn queries(dashboard: &str) -> Result<Vec<Query>, TaskError> {
    let dashboard: Value = serde_json::from_str(dashboard)?;
    let mut queries = Vec::new();
    for panel in members(&dashboard, "panels") {
        let title = panel["title"].as_str().unwrap_or_default();
        for target in members(panel, "targets") {
            let expression = target["expr"].as_str().ok_or(format!("{title} has no query"))?;
            queries.push(Query { of: title.to_owned(), expression: with_values(expression) });
        }
    }
    for variable in members(&dashboard["templating"], "list") {
        // The variable with the data source has a text in place of a query.
        let Some(query) = variable["query"]["query"].as_str() else { continue };
        let selector = query.strip_prefix("label_values(").and_then(|it| it.rsplit_once(", "));
        let (selector, _) = selector.ok_or(format!("{query} asks for no label"))?;
        let of = variable["name"].as_str().unwrap_or_default().to_owned();
        queries.push(Query { of, expression: with_values(selector) });
    }
    Ok(queries)
}

fn members<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

/// Puts values in the place of the variables.
fn with_values(expression: &str) -> String {
    [("$job", "digital-key-bff"), ("$instance", ".*"), ("$__rate_interval", "15s")]
        .into_iter()
        .fold(expression.to_owned(), |text, (variable, value)| text.replace(variable, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_and_variables_have_queries() {
        let dashboard = r#"{
            "panels": [
                { "title": "Row" },
                { "title": "CPU", "targets": [{ "expr": "rate(x{job=\"$job\"}[$__rate_interval])" }] }
            ],
            "templating": { "list": [
                { "name": "datasource", "query": "prometheus" },
                { "name": "instance", "query": { "query": "label_values(y{job=\"$job\"}, instance)" } }
            ] }
        }"#;
        let found = queries(dashboard).unwrap();
        let found: Vec<_> = found.iter().map(|it| (&*it.of, &*it.expression)).collect();
        assert_eq!(
            found,
            [
                ("CPU", "rate(x{job=\"digital-key-bff\"}[15s])"),
                ("instance", "y{job=\"digital-key-bff\"}")
            ]
        );
    }

    #[test]
    fn a_panel_without_a_query_and_a_variable_without_a_label_are_errors() {
        for dashboard in [
            r#"{ "panels": [{ "title": "CPU", "targets": [{}] }] }"#,
            r#"{ "templating": { "list": [{ "name": "x", "query": { "query": "x" } }] } }"#,
        ] {
            assert!(queries(dashboard).is_err(), "{dashboard}");
        }
    }
}
