CREATE SCHEMA app;
CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA app;
CREATE TABLE app.people (id integer PRIMARY KEY, email app.citext NOT NULL);
INSERT INTO app.people VALUES (1, 'A@b.c'), (2, 'd@E.f');
