/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The counting allocator of a run, and how much the system can give. */
#include "exec/tn-account.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"

guint64
tn_account_round (guint64 bytes)
{
  if (bytes > G_MAXUINT64 - TN_ALIGNMENT)
    return G_MAXUINT64;
  return (bytes + TN_ALIGNMENT - 1) / TN_ALIGNMENT * TN_ALIGNMENT;
}

guint64
tn_account_sum (guint64 a, guint64 b)
{
  guint64 sum;
  return g_uint64_checked_add (&sum, a, b) ? sum : G_MAXUINT64;
}

guint64
tn_account_product (guint64 a, guint64 b)
{
  guint64 product;
  return g_uint64_checked_mul (&product, a, b) ? product : G_MAXUINT64;
}

void
tn_account_add (TnAccount *account, guint64 bytes)
{
  account->held = tn_account_sum (account->held, bytes);
  account->peak = MAX (account->peak, account->held);
}

void
tn_account_remove (TnAccount *account, guint64 bytes)
{
  g_assert (account->held >= bytes);
  /* What could not be counted cannot be counted down either. */
  if (account->held != G_MAXUINT64)
    account->held -= bytes;
}

gboolean
tn_account_alloc (TnAccount *account, guint64 bytes, gpointer *block, GError **error)
{
  *block = NULL;
  if (bytes == 0)
    return TRUE;
  bytes = tn_account_round (bytes);
  if (bytes < G_MAXSSIZE)
    *block = aligned_alloc (TN_ALIGNMENT, bytes);
  if (*block == NULL)
    {
      g_autofree char *size = tn_text_bytes (bytes);
      g_set_error (error, TN_ERROR, TN_ERROR_MEMORY,
                   _ ("The system does not give the %s of memory that the run needs."), size);
      return FALSE;
    }
  tn_account_add (account, bytes);
  return TRUE;
}

void
tn_account_free (TnAccount *account, gpointer block, guint64 bytes)
{
  if (block == NULL)
    return;
  free (block);
  tn_account_remove (account, tn_account_round (bytes));
}

/* Three quarters of what "ulimit -v" leaves of the address space; G_MAXUINT64 where it sets no
 * bound, or where it cannot be told how much is taken. */
static guint64
left_by_limit (void)
{
  struct rlimit limit;
  g_autofree char *text = NULL;
  long page = sysconf (_SC_PAGESIZE);

  if (getrlimit (RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || page <= 0
      || !g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    return G_MAXUINT64;
  guint64 taken = tn_account_product (g_ascii_strtoull (text, NULL, 10), (guint64)page);
  return taken < limit.rlim_cur ? (limit.rlim_cur - taken) / 4 * 3 : 0;
}

static guint64
left_by_system (void)
{
  g_autofree char *text = NULL;

  if (g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    {
      const char *line = strstr (text, "MemAvailable:");
      if (line != NULL)
        {
          guint64 kib = g_ascii_strtoull (line + strlen ("MemAvailable:"), NULL, 10);
          if (kib > 0 && kib < G_MAXUINT64 / 1024)
            return kib * 1024 / 4 * 3;
        }
    }
  /* Elsewhere only the whole is known: half of it is as much as a guest should take. */
  long pages = sysconf (_SC_PHYS_PAGES);
  long page = sysconf (_SC_PAGESIZE);
  return pages > 0 && page > 0 ? (guint64)pages * (guint64)page / 2 : G_MAXUINT64 / 2;
}

guint64
tn_account_default_limit (void)
{
  return MAX (MIN (left_by_system (), left_by_limit ()), 1);
}
