-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, b text) RETURNS integer LANGUAGE sql SET search_path = app, "$user", "We""ird, näme" SET work_mem = '64MB' SET "my.own" = 'it''s \back' AS 'SELECT a';
