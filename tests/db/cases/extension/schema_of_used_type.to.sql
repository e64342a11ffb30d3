CREATE SCHEMA app;
CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE TABLE app.people (id integer PRIMARY KEY, email ext.citext NOT NULL);
INSERT INTO app.people VALUES (1, 'A@b.c'), (2, 'd@E.f');
