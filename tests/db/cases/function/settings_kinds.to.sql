-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, b text) RETURNS integer LANGUAGE sql SET statement_timeout = '10s' SET DateStyle = 'ISO, MDY' SET enable_seqscan = off SET seq_page_cost = 1.5 SET role = 'none' SET temp_tablespaces = '' AS 'SELECT a';
