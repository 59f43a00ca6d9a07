/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of unsaved changes: there while there are changes, gone with them, found after a crash. */
#include <string.h>

#include <glib/gstdio.h>

#include "base/tn-error.h"
#include "engine/tn-autosave.h"
#include "layers/tn-layer.h"

typedef struct
{
  char *folder;
  char *copies; /* not there at first */
  TnDocument *document;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("tenon-autosave-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->copies = g_build_filename (fixture->folder, "state", "copies", NULL);
  fixture->document = tn_document_new ();
}

static void
remove_all (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_all (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->document);
  remove_all (fixture->folder);
  g_free (fixture->copies);
  g_free (fixture->folder);
}

static void
add (TnDocument *document, const char *type)
{
  TnEditArgs args = { .schema = &tn_layer_find (type)->schema };

  g_assert_true (tn_document_apply (document, &tn_edit_add, &args, NULL));
}

static guint
n_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
must_not_fail (const char *message, gpointer data)
{
  g_error ("%s", message);
}

static void
test_written_and_forgotten (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "model.tenon", NULL);
  TnAutosave *autosave
      = tn_autosave_new (fixture->document, fixture->copies, NULL, must_not_fail, NULL);

  tn_autosave_flush (autosave);
  g_assert_cmpuint (n_files (fixture->copies), ==, 0);

  add (fixture->document, "Dense");
  tn_autosave_flush (autosave);
  g_assert_cmpuint (n_files (fixture->copies), ==, 2);
  tn_document_undo (fixture->document);
  g_assert_cmpuint (n_files (fixture->copies), ==, 0);

  tn_document_redo (fixture->document);
  tn_autosave_flush (autosave);
  g_assert_cmpuint (n_files (fixture->copies), ==, 2);
  g_assert_true (tn_document_save (fixture->document, path, NULL));
  g_assert_cmpuint (n_files (fixture->copies), ==, 0);

  add (fixture->document, "Flatten");
  tn_autosave_flush (autosave);
  g_assert_cmpuint (n_files (fixture->copies), ==, 2);
  tn_autosave_free (autosave);
  g_assert_cmpuint (n_files (fixture->copies), ==, 0);
}

/* By itself, after the delay. */
static void
test_delay (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TnAutosave) autosave
      = tn_autosave_new (fixture->document, fixture->copies, NULL, must_not_fail, NULL);

  add (fixture->document, "Dense");
  g_assert_cmpuint (n_files (fixture->copies), ==, 0);
  while (n_files (fixture->copies) < 2)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_crash (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "model.tenon", NULL);
  g_autoptr (TnRecovery) copy = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  add (fixture->document, "Dense");
  g_assert_true (tn_document_save (fixture->document, path, NULL));
  add (fixture->document, "Flatten");
  copy = tn_recovery_new (fixture->copies, &error);
  g_assert_no_error (error);
  g_assert_true (tn_recovery_write (copy, tn_document_graph (fixture->document), path,
                                    tn_document_title (fixture->document), &error));
  g_assert_no_error (error);

  /* Somebody is at work on it. */
  found = tn_recovery_find (fixture->copies);
  g_assert_cmpuint (found->len, ==, 0);
  g_clear_pointer (&found, g_ptr_array_unref);

  g_clear_pointer (&copy, tn_recovery_unref);
  found = tn_recovery_find (fixture->copies);
  g_assert_cmpuint (found->len, ==, 1);
  {
    g_autoptr (TnDocument) back = tn_recovery_open (found->pdata[0], &error);
    TnAutosave *autosave;

    g_assert_no_error (error);
    g_assert_true (tn_document_is_modified (back));
    g_assert_false (tn_document_can_undo (back));
    g_assert_cmpstr (tn_document_path (back), ==, path);
    g_assert_cmpstr (tn_document_title (back), ==, "model.tenon");
    g_assert_true (
        tn_graph_same_meaning (tn_document_graph (back), tn_document_graph (fixture->document)));

    /* Its changes are still unsaved, so the copy stays until they are saved. */
    autosave = tn_autosave_new (back, fixture->copies, found->pdata[0], must_not_fail, NULL);
    g_clear_pointer (&found, g_ptr_array_unref);
    tn_autosave_flush (autosave);
    g_assert_cmpuint (n_files (fixture->copies), ==, 2);
    g_assert_true (tn_document_save (back, NULL, &error));
    g_assert_false (tn_document_is_modified (back));
    g_assert_cmpuint (n_files (fixture->copies), ==, 0);
    tn_autosave_free (autosave);
  }
}

/* What lies there may be anything. */
static void
test_hostile (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lonely = g_build_filename (fixture->copies, "a.owner", NULL);
  g_autofree char *owner = g_build_filename (fixture->copies, "b.owner", NULL);
  g_autofree char *model = g_build_filename (fixture->copies, "b.tenon", NULL);
  g_autoptr (GPtrArray) found = tn_recovery_find (fixture->copies);
  g_autoptr (TnDocument) document = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (found->len, ==, 0);
  g_clear_pointer (&found, g_ptr_array_unref);
  g_assert_cmpint (g_mkdir_with_parents (fixture->copies, 0700), ==, 0);
  g_assert_true (g_file_set_contents (lonely, "", 0, NULL));
  g_assert_true (g_file_set_contents (owner, "[model\n\xff", -1, NULL));
  g_assert_true (g_file_set_contents (model, "{", -1, NULL));
  found = tn_recovery_find (fixture->copies);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_false (g_file_test (lonely, G_FILE_TEST_EXISTS));
  document = tn_recovery_open (found->pdata[0], &error);
  g_assert_null (document);
  g_assert_error (error, TN_ERROR, TN_ERROR_SYNTAX);
}

static void
count_failure (const char *message, gpointer data)
{
  g_assert_nonnull (strstr (message, "model.tenon"));
  (*(guint *)data)++;
}

static void
test_no_place (Fixture *fixture, gconstpointer data)
{
  /* A folder that is a file. */
  g_autofree char *path = g_build_filename (fixture->folder, "model.tenon", NULL);
  guint n_told = 0;
  g_autoptr (TnAutosave) autosave = NULL;

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  autosave = tn_autosave_new (fixture->document, path, NULL, count_failure, &n_told);
  add (fixture->document, "Dense");
  tn_autosave_flush (autosave);
  add (fixture->document, "Dense");
  tn_autosave_flush (autosave);
  g_assert_cmpuint (n_told, ==, 1);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/engine/autosave/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("written-and-forgotten", test_written_and_forgotten);
  ADD ("delay", test_delay);
  ADD ("crash", test_crash);
  ADD ("hostile", test_hostile);
  ADD ("no-place", test_no_place);
  return g_test_run ();
}
