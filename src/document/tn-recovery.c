/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnRecovery: a copy of a model's unsaved changes, which outlives a crash of the program. */
#include "document/tn-recovery.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"

#define MODEL_SUFFIX ".tenon"
#define OWNER_SUFFIX ".owner"
#define GROUP        "model"

struct _TnRecovery
{
  gint ref_count;
  int lock; /* open while the value lives */
  char *owner;
  char *model;
};

char *
tn_recovery_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "tenon", "recovery", NULL);
}

/* The value for a file @owner that is open as @lock, or NULL when somebody else has it. Takes over
 * both. */
static TnRecovery *
recovery_claim (char *owner, int lock)
{
  TnRecovery *self;

  if (flock (lock, LOCK_EX | LOCK_NB) != 0)
    {
      close (lock);
      g_free (owner);
      return NULL;
    }
  self = g_new0 (TnRecovery, 1);
  self->ref_count = 1;
  self->lock = lock;
  self->owner = owner;
  self->model = g_strdup_printf ("%.*s%s", (int)(strlen (owner) - strlen (OWNER_SUFFIX)), owner,
                                 MODEL_SUFFIX);
  return self;
}

static TnRecovery *
set_no_place (const char *folder, GError **error)
{
  int number = errno;

  g_set_error (error, TN_ERROR, TN_ERROR_IO,
               _ ("Unsaved changes cannot be kept for a crash: “%s” cannot be written (%s)."),
               folder, g_strerror (number));
  return NULL;
}

TnRecovery *
tn_recovery_new (const char *folder, GError **error)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *name = g_strconcat (id, OWNER_SUFFIX, NULL);
  g_autofree char *owner = g_build_filename (folder, name, NULL);
  TnRecovery *self;
  int lock;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return set_no_place (folder, error);
  lock = g_open (owner, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (lock < 0)
    return set_no_place (folder, error);
  self = recovery_claim (g_steal_pointer (&owner), lock);
  return self != NULL ? self : set_no_place (folder, error);
}

TnRecovery *
tn_recovery_ref (TnRecovery *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
tn_recovery_unref (TnRecovery *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  close (self->lock);
  g_free (self->owner);
  g_free (self->model);
  g_free (self);
}

/* Into the file that is open and locked: another one in its place would have no lock. */
static gboolean
write_owner (const TnRecovery *self, const char *path, const char *title)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize length;

  if (path != NULL)
    g_key_file_set_string (keys, GROUP, "path", path);
  g_key_file_set_string (keys, GROUP, "title", title);
  text = g_key_file_to_data (keys, &length, NULL);
  return ftruncate (self->lock, 0) == 0 && pwrite (self->lock, text, length, 0) == (gssize)length;
}

gboolean
tn_recovery_write (TnRecovery *self, const TnGraph *graph, const char *path, const char *title,
                   GError **error)
{
  g_autoptr (GBytes) bytes = tn_format_write_tenon (graph);

  if (!write_owner (self, path, title))
    {
      set_no_place (self->owner, error);
      return FALSE;
    }
  return tn_format_save (bytes, self->model, error);
}

void
tn_recovery_forget (TnRecovery *self)
{
  g_unlink (self->model);
  g_unlink (self->owner);
}

static int
compare_age (gconstpointer a, gconstpointer b)
{
  const TnRecovery *first = *(TnRecovery *const *)a, *second = *(TnRecovery *const *)b;
  GStatBuf left, right;

  if (g_stat (first->model, &left) != 0 || g_stat (second->model, &right) != 0)
    return 0;
  return left.st_mtime < right.st_mtime ? -1 : left.st_mtime > right.st_mtime;
}

GPtrArray *
tn_recovery_find (const char *folder)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_recovery_unref);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *owner = g_build_filename (folder, name, NULL);
      TnRecovery *self;
      int lock;

      if (!g_str_has_suffix (name, OWNER_SUFFIX))
        continue;
      lock = g_open (owner, O_RDWR | O_CLOEXEC, 0);
      if (lock < 0)
        continue;
      self = recovery_claim (g_steal_pointer (&owner), lock);
      if (self == NULL)
        continue;
      if (g_file_test (self->model, G_FILE_TEST_IS_REGULAR))
        {
          g_ptr_array_add (found, self);
          continue;
        }
      tn_recovery_forget (self);
      tn_recovery_unref (self);
    }
  g_ptr_array_sort (found, compare_age);
  return found;
}

TnDocument *
tn_recovery_open (TnRecovery *self, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (TnGraph) graph = tn_format_read (self->model, NULL, error);
  g_autofree char *path = NULL;
  g_autofree char *title = NULL;

  if (graph == NULL)
    return NULL;
  /* Without it the model is there all the same. */
  if (g_key_file_load_from_file (keys, self->owner, G_KEY_FILE_NONE, NULL))
    {
      path = g_key_file_get_string (keys, GROUP, "path", NULL);
      title = g_key_file_get_string (keys, GROUP, "title", NULL);
    }
  return tn_document_new_recovered (graph, path, title != NULL ? title : _ ("Recovered model"));
}
