-- differences: 1
CREATE SCHEMA app;
CREATE SEQUENCE app.s MINVALUE -20 START 5;
SELECT nextval('app.s');
SELECT nextval('app.s');
