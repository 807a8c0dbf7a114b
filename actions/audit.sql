-- name: record
insert into audit (at, actor, act, subject, detail) values (%(at)s, %(actor)s, %(act)s, %(subject)s, %(detail)s)
