CREATE SCHEMA app;
CREATE EXTENSION hstore SCHEMA app;
CREATE TABLE app.people (id integer PRIMARY KEY, facts app.hstore);
CREATE FUNCTION app.keys(app.hstore) RETURNS text[] LANGUAGE sql IMMUTABLE AS 'SELECT app.akeys($1)';
INSERT INTO app.people VALUES (1, 'a=>1'), (2, NULL);
