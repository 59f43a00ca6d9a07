/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list model of thin rows: what changes, what stays, and that rows know their places. */
#include "app/tn-rows.h"

typedef struct
{
  guint n_signals;
  guint position, n_removed, n_added;
} Change;

static void
changed_cb (GListModel *list, guint position, guint n_removed, guint n_added, Change *change)
{
  change->n_signals++;
  change->position = position;
  change->n_removed = n_removed;
  change->n_added = n_added;
}

static void
count_cb (TnRow *row, guint *count)
{
  (*count)++;
}

#define UPDATE(rows, ...)                                                                          \
  tn_rows_update ((rows), (const guint64[]){ __VA_ARGS__ },                                        \
                  sizeof ((const guint64[]){ __VA_ARGS__ }) / sizeof (guint64))

static void
test_keeps_ends (void)
{
  g_autoptr (TnRows) rows = tn_rows_new ();
  Change change = { 0 };
  guint first_told = 0, last_told = 0;

  g_signal_connect (rows, "items-changed", G_CALLBACK (changed_cb), &change);
  UPDATE (rows, 10, 20, 30, 40);
  g_assert_cmpuint (change.n_added, ==, 4);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==, 4);

  g_autoptr (TnRow) first = g_list_model_get_item (G_LIST_MODEL (rows), 0);
  g_autoptr (TnRow) middle = g_list_model_get_item (G_LIST_MODEL (rows), 1);
  g_autoptr (TnRow) last = g_list_model_get_item (G_LIST_MODEL (rows), 3);
  g_signal_connect (first, "changed", G_CALLBACK (count_cb), &first_told);
  g_signal_connect (last, "changed", G_CALLBACK (count_cb), &last_told);

  /* 20 and 30 give way to three others. */
  UPDATE (rows, 10, 21, 22, 23, 40);
  g_assert_cmpuint (change.position, ==, 1);
  g_assert_cmpuint (change.n_removed, ==, 2);
  g_assert_cmpuint (change.n_added, ==, 3);
  g_assert_cmpuint (tn_row_index (first), ==, 0);
  g_assert_cmpuint (tn_row_index (middle), ==, G_MAXUINT);
  g_assert_cmpuint (tn_row_index (last), ==, 4);
  g_assert_cmpuint (tn_row_key (last), ==, 40);
  g_assert_cmpuint (first_told, ==, 1);
  g_assert_cmpuint (last_told, ==, 1);

  g_autoptr (TnRow) again = g_list_model_get_item (G_LIST_MODEL (rows), 4);
  g_assert_true (again == last);

  /* The same once more: nothing changes place, but everybody looks again. */
  change.n_signals = 0;
  UPDATE (rows, 10, 21, 22, 23, 40);
  g_assert_cmpuint (change.n_signals, ==, 0);
  g_assert_cmpuint (first_told, ==, 2);

  /* It shrinks. */
  UPDATE (rows, 10, 40);
  g_assert_cmpuint (tn_row_index (last), ==, 1);
  tn_rows_update (rows, NULL, 0);
  g_assert_cmpuint (tn_row_index (last), ==, G_MAXUINT);
  g_assert_cmpuint (tn_row_index (first), ==, G_MAXUINT);
}

static void
test_repeated_ends (void)
{
  g_autoptr (TnRows) rows = tn_rows_new ();
  Change change = { 0 };

  g_signal_connect (rows, "items-changed", G_CALLBACK (changed_cb), &change);
  UPDATE (rows, 1, 2);
  UPDATE (rows, 1, 2, 3);
  g_assert_cmpuint (change.position, ==, 2);
  g_assert_cmpuint (change.n_removed, ==, 0);
  g_assert_cmpuint (change.n_added, ==, 1);
  UPDATE (rows, 3);
  g_assert_cmpuint (change.position, ==, 0);
  g_assert_cmpuint (change.n_removed, ==, 2);
  g_assert_cmpuint (change.n_added, ==, 0);
  g_assert_cmpuint (tn_rows_find (rows, 3), ==, 0);
  g_assert_cmpuint (tn_rows_find (rows, 1), ==, G_MAXUINT);
}

static void
test_outlived (void)
{
  TnRows *rows = tn_rows_new ();
  UPDATE (rows, 7);
  TnRow *row = g_list_model_get_item (G_LIST_MODEL (rows), 0);

  g_object_unref (rows);
  g_assert_cmpuint (tn_row_index (row), ==, G_MAXUINT);
  g_assert_cmpuint (tn_row_key (row), ==, 7);
  g_object_unref (row);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/rows/keeps-ends", test_keeps_ends);
  g_test_add_func ("/app/rows/repeated-ends", test_repeated_ends);
  g_test_add_func ("/app/rows/outlived", test_outlived);
  return g_test_run ();
}
