"""Seeds that found something, with what it was. They are played with every change.

A seed is a history of the code that it was found with; a later change may make another of it. So
each fault has a plain test too.
"""

FOUND: dict[int, str] = {
    54: "a retried confirmation gave up the challenge that its first try had begun"
    " (test_a_retried_confirmation_leaves_the_challenge_that_it_opened)",
    14: "the rest of a hold was given up, and no event said so of its charge"
    " (test_what_was_taken_in_part_is_paid_when_the_rest_is_given_up)",
    103: "two retries took over one key, and were answered in different bytes"
    " (test_two_who_take_over_at_once_get_the_same_bytes)",
    134: "a job and a retry finished one shared refund, and the retry was refused"
    " (test_whoever_finishes_a_shared_refund_second_finds_it_finished)",
    1724: "a payout settled a debt that the job had settled meanwhile, and was answered 500"
    " (test_a_payout_whose_debt_was_settled_meanwhile_is_decided_again)",
    3212: "the answer to a dispute that had been closed meanwhile was counted, and no event said so"
    " (test_the_end_may_be_told_before_the_answer_was_confirmed)",
    6578: "a payer's page asked of a payment that a job settled meanwhile, heard nothing, and was"
    " answered 500 (test_an_answer_that_comes_after_it_was_settled_changes_nothing)",
}
