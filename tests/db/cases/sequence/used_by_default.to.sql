-- differences: 2
CREATE SCHEMA app;
CREATE TABLE app.other (id integer);
CREATE SEQUENCE app.zz;
CREATE TABLE app.a (id bigint PRIMARY KEY DEFAULT nextval('app.zz'), v text);
INSERT INTO app.a (v) VALUES ('x'), ('y');
