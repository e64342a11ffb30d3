-- differences: 1
CREATE SCHEMA app;
CREATE SEQUENCE app.s CACHE 20;
