-- differences: 2
CREATE SCHEMA app;
CREATE SEQUENCE app.s MINVALUE -5 START 1;
SELECT nextval('app.s');
SELECT nextval('app.s');
