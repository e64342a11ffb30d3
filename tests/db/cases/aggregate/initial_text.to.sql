-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v integer);
INSERT INTO app.t VALUES (1, 5), (2, 6);
CREATE AGGREGATE app.a(text) (SFUNC = textcat, STYPE = text, INITCOND = 'it''s \back');
