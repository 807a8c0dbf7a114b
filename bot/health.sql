-- name: oldest
select
    (select min(received_at) from inbox where finished_at is null) as message,
    (select min(created_at) from outbox where sent_at is null and refused_at is null) as reply,
    (select count(*) from dead_letter) as dead_letters

-- name: unfinished
select
    (select count(*) from inbox where finished_at is null) as inbox,
    (select count(*) from outbox where sent_at is null and refused_at is null) as outbox
