CREATE SCHEMA app;
CREATE PROCEDURE app.p(a integer, b text) LANGUAGE sql AS 'SELECT 1';
