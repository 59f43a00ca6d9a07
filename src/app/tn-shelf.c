/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnShelf: what of the catalogue somebody likes to have at hand, and what was added last. */
#include "app/tn-shelf.h"

#include "app/tn-settings.h"

struct _TnShelf
{
  GObject parent;

  GSettings *settings; /* NULL: only while the program runs */
  GArray *favourites;  /* of TnOffer */
  GArray *recent;      /* of TnOffer */
};

G_DEFINE_FINAL_TYPE (TnShelf, tn_shelf, G_TYPE_OBJECT)

static int
place_of (const GArray *offers, TnOffer offer)
{
  for (guint i = 0; i < offers->len; i++)
    if (tn_offer_equal (g_array_index (offers, TnOffer, i), offer))
      return (int)i;
  return -1;
}

/* What another version of the program knows and this one does not is passed over. */
static void
load (TnShelf *self, GArray *offers, const char *key)
{
  g_auto (GStrv) ids = g_settings_get_strv (self->settings, key);

  g_array_set_size (offers, 0);
  for (guint i = 0; ids[i] != NULL; i++)
    {
      TnOffer offer;

      if (tn_offer_from_id (ids[i], &offer) && place_of (offers, offer) < 0)
        g_array_append_val (offers, offer);
    }
}

static void
store (TnShelf *self, const GArray *offers, const char *key)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_auto (GStrv) strv = NULL;

  if (self->settings == NULL)
    {
      g_signal_emit_by_name (self, "changed");
      return;
    }
  for (guint i = 0; i < offers->len; i++)
    {
      g_autofree char *id = tn_offer_id (g_array_index (offers, TnOffer, i));

      g_strv_builder_add (ids, id);
    }
  strv = g_strv_builder_end (ids);
  g_settings_set_strv (self->settings, key, (const char *const *)strv);
}

static void
settings_changed_cb (TnShelf *self)
{
  load (self, self->favourites, "favourite-layers");
  load (self, self->recent, "recent-layers");
  g_signal_emit_by_name (self, "changed");
}

static void
tn_shelf_finalize (GObject *object)
{
  TnShelf *self = TN_SHELF (object);

  g_clear_object (&self->settings);
  g_array_unref (self->favourites);
  g_array_unref (self->recent);
  G_OBJECT_CLASS (tn_shelf_parent_class)->finalize (object);
}

static void
tn_shelf_class_init (TnShelfClass *class)
{
  G_OBJECT_CLASS (class)->finalize = tn_shelf_finalize;
  g_signal_new ("changed", TN_TYPE_SHELF, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tn_shelf_init (TnShelf *self)
{
  self->favourites = g_array_new (FALSE, FALSE, sizeof (TnOffer));
  self->recent = g_array_new (FALSE, FALSE, sizeof (TnOffer));
  self->settings = tn_settings_new ();
  if (self->settings == NULL)
    return;
  g_signal_connect_object (self->settings, "changed::favourite-layers",
                           G_CALLBACK (settings_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::recent-layers",
                           G_CALLBACK (settings_changed_cb), self, G_CONNECT_SWAPPED);
  settings_changed_cb (self);
}

TnShelf *
tn_shelf_new (void)
{
  return g_object_new (TN_TYPE_SHELF, NULL);
}

const GArray *
tn_shelf_favourites (TnShelf *self)
{
  g_return_val_if_fail (TN_IS_SHELF (self), NULL);
  return self->favourites;
}

const GArray *
tn_shelf_recent (TnShelf *self)
{
  g_return_val_if_fail (TN_IS_SHELF (self), NULL);
  return self->recent;
}

gboolean
tn_shelf_is_favourite (TnShelf *self, TnOffer offer)
{
  g_return_val_if_fail (TN_IS_SHELF (self), FALSE);
  return place_of (self->favourites, offer) >= 0;
}

void
tn_shelf_set_favourite (TnShelf *self, TnOffer offer, gboolean favourite)
{
  g_return_if_fail (TN_IS_SHELF (self));

  int place = place_of (self->favourites, offer);
  if ((place >= 0) == !!favourite)
    return;
  if (favourite)
    g_array_append_val (self->favourites, offer);
  else
    g_array_remove_index (self->favourites, (guint)place);
  store (self, self->favourites, "favourite-layers");
}

void
tn_shelf_use (TnShelf *self, TnOffer offer)
{
  g_return_if_fail (TN_IS_SHELF (self));

  int place = place_of (self->recent, offer);
  if (place == 0)
    return;
  if (place > 0)
    g_array_remove_index (self->recent, (guint)place);
  g_array_prepend_val (self->recent, offer);
  if (self->recent->len > TN_SHELF_MOST_RECENT)
    g_array_set_size (self->recent, TN_SHELF_MOST_RECENT);
  store (self, self->recent, "recent-layers");
}
