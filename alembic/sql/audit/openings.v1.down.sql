-- Take the review of openings away again.
DROP FUNCTION auth.review_opening(uuid, uuid, text, text, uuid), auth.openings_to_review(integer),
    audit.done_while_open(audit.openings), audit.reviewed_wards();
