CREATE SCHEMA app;
CREATE DOMAIN app.email AS varchar(80) CHECK (VALUE LIKE '%@%') DEFAULT 'a@b';
CREATE TYPE app.person AS (name text, email app.email);
CREATE FUNCTION app.host(app.email) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT split_part($1, '@', 2)$$;
CREATE TABLE app.people (id integer PRIMARY KEY, email app.email UNIQUE, others app.email[], who app.person);
CREATE INDEX people_host ON app.people (app.host(email));
CREATE VIEW app.hosts AS SELECT app.host(email) AS host, email FROM app.people;
INSERT INTO app.people VALUES (1, 'a@b', '{c@d,e@f}', '(x,g@h)'), (2, NULL, NULL, NULL);
